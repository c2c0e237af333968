# Prepares the picture: a repository with our hook, and a staged file with a made-up token.
# packaging/picture and tests/it/docs/picture.rs run this in an empty folder, with ntnguard on PATH.
set -e
git init -q -b main .
printf '.env\n.env.*\n!.env.example\n' > .gitignore
mkdir src
# The token is in ROT13, so that no file of this project contains text with the shape of a token.
token=$(printf %s aga_51834920167WxCmDEqGLzHQf4sObnJ2ixAl8ctTe9W7KvR | tr a-zA-Z n-za-mN-ZA-M)
{
    echo "import { Client } from '@notionhq/client'"
    echo
    echo "const notion = new Client({ auth: '$token' })"
} > src/notion.ts
git add .gitignore
git commit -q -m 'Begin'
ntnguard hook install > hook-install.txt
git add src/notion.ts
