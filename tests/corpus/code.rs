//! Whole files as people write them, with the faults that a review must report in each, and code
//! that only resembles a fault. A fault that cannot be recognised from its file alone is marked,
//! and counts against recall.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ntnguard::model::rule::{Confidence, Severity};
use ntnguard::policy::Policy;
use ntnguard::rules::RULES;
use ntnguard::{Files, Job, Subject};

/// A path, the text, and the rules that are broken. A rule behind `-` is broken where only data
/// flow or another file tells.
type Context = (&'static str, &'static str, &'static [&'static str]);

const CONTEXTS: &[Context] = &[
    ("cb/state-cookie.ts", "const NOTION = 'https://api.notion.com/v1/oauth/token'
export async function GET(req) {
  const code = req.nextUrl.searchParams.get('code'), state = req.nextUrl.searchParams.get('state')
  if (!state || state !== req.cookies.get('s')?.value) return new Response('no', { status: 400 })
  await fetch(NOTION, { method: 'POST', body: JSON.stringify({ grant_type: 'authorization_code', code }) })
}", &[]),
    ("cb/none.ts", "export async function GET(req) {
  const code = req.nextUrl.searchParams.get('code')
  await fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ grant_type: 'authorization_code', code }) })
}", &["oauth-callback-no-state"]),
    ("cb/commented.ts", "// TODO compare the state
app.get('/cb', async (req, res) => {
  const { code } = req.query
  /* if (state !== saved) return */
  await axios.post('https://api.notion.com/v1/oauth/token', { grant_type: 'authorization_code', code })
})", &["oauth-callback-no-state"]),
    ("cb/react-state.tsx", "const [data, setData] = useState(null)
useEffect(() => {
  const code = new URLSearchParams(location.search).get('code')
  fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ grant_type: 'authorization_code', code }) })
}, [])", &["oauth-callback-no-state"]),
    ("cb/sdk.ts", "import { Client } from '@notionhq/client'
export default async (req, res) => {
  const t = await notion.oauth.token({ grant_type: 'authorization_code', code: req.query.code, client_id, client_secret })
  res.json({ ok: true, bot: t.bot_id })
}", &["oauth-callback-no-state"]),
    ("cb/flask.py", "@app.route('/cb')
def cb():
    code = request.args.get('code')
    r = requests.post('https://api.notion.com/v1/oauth/token', json={'grant_type': 'authorization_code', 'code': code})
    return 'ok'", &["oauth-callback-no-state"]),
    ("cb/fastapi.py", "@router.get('/notion/cb')
async def cb(code: str):
    r = await client.post('https://api.notion.com/v1/oauth/token', json={'grant_type': 'authorization_code', 'code': code})
    return {'ok': True}", &["oauth-callback-no-state"]),
    ("cb/unchecked.py", "@app.get('/cb')
def cb():
    code, state = request.args.get('code'), request.args.get('state')
    r = requests.post('https://api.notion.com/v1/oauth/token', json={'grant_type': 'authorization_code', 'code': code})
    save(state, r.json())", &["oauth-state-unchecked"]),
    ("cb/compared.py", "@app.get('/cb')
def cb():
    code, state = request.args.get('code'), request.args.get('state')
    if not hmac.compare_digest(session.pop('state', ''), state or ''):
        abort(400)
    requests.post('https://api.notion.com/v1/oauth/token', json={'grant_type': 'authorization_code', 'code': code})", &[]),
    ("cb/as-user.ts", "export async function GET(req) {
  const { code, state } = req.query
  const r = await fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ grant_type: 'authorization_code', code }) })
  await db.connections.insert({ user: state, token: await r.json() })
}", &["oauth-state-unchecked"]),
    ("cb/as-page.ts", "export async function GET(req) {
  const { code, state } = req.query
  await fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ grant_type: 'authorization_code', code }) })
  res.redirect(state === 'setup' ? '/setup' : '/')
}", &["oauth-state-unchecked"]),
    ("cb/looked-up.ts", "export async function GET(req) {
  const { code, state } = req.query
  const row = await db.states.findOne({ state })
  if (!row) throw new Error('state')
  await fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ grant_type: 'authorization_code', code }) })
}", &[]),
    ("cb/laravel.php", "<?php
class C { public function cb(Request $request) {
  $code = $request->query('code');
  Http::post('https://api.notion.com/v1/oauth/token', ['grant_type' => 'authorization_code', 'code' => $code]);
} }", &["oauth-callback-no-state"]),
    ("cb/rails.rb", "class C < ApplicationController
  def cb
    code = params[:code]
    HTTP.post('https://api.notion.com/v1/oauth/token', json: { grant_type: 'authorization_code', code: code })
  end
end", &["oauth-callback-no-state"]),
    ("cb/handler.go", "package a
func cb(w http.ResponseWriter, r *http.Request) {
	code := r.URL.Query().Get(\"code\")
	post(\"https://api.notion.com/v1/oauth/token\", map[string]string{\"grant_type\": \"authorization_code\", \"code\": code})
}", &["oauth-callback-no-state"]),
    ("cb/library.ts", "import NextAuth from 'next-auth'
// api.notion.com
const { code } = req.query
fetch('https://api.notion.com/v1/oauth/token', { body: { grant_type: 'authorization_code', code } })", &[]),
    ("cb/exchange-only.go", "package a
func exchange(code string) (*token, error) {
	return post(\"https://api.notion.com/v1/oauth/token\", map[string]string{\"grant_type\": \"authorization_code\", \"code\": code})
}", &[]),
    ("cb/imported.tsx", "import { exchange } from '../notion'
export default function Callback() {
  const code = useSearchParams().get('code')
  exchange(code)
}", &["-oauth-callback-no-state"]),
    ("auth/redirect.ts", "export const GET = () => NextResponse.redirect(
  `https://api.notion.com/v1/oauth/authorize?client_id=${id}&response_type=code&owner=user&redirect_uri=${back}`)", &["oauth-authorize-no-state"]),
    ("auth/link.jsx", "export const Login = () => <a href={`https://api.notion.com/v1/oauth/authorize?client_id=${id}`}>Connect</a>", &["oauth-authorize-no-state"]),
    ("auth/builder.ts", "export const url = () => `https://api.notion.com/v1/oauth/authorize?client_id=${id}&response_type=code`", &["-oauth-authorize-no-state"]),
    ("auth/table.ts", "export const notion = { auth: 'https://api.notion.com/v1/oauth/authorize', clientId: env.ID }", &[]),
    ("auth/uuid.ts", "const state = crypto.randomUUID()
res.cookie('s', state, { httpOnly: true })
res.redirect(`https://api.notion.com/v1/oauth/authorize?client_id=${id}&state=${state}`)", &[]),
    ("auth/weak.ts", "const state = Math.random().toString(36).slice(2)
res.redirect(`https://api.notion.com/v1/oauth/authorize?client_id=${id}&state=${state}`)", &["oauth-state-predictable"]),
    ("auth/json.ts", "const state = Buffer.from(JSON.stringify({ user: user.id })).toString('base64')
const url = new URL('https://api.notion.com/v1/oauth/authorize')
url.searchParams.set('state', state)
res.redirect(url)", &["oauth-state-predictable"]),
    ("auth/user.py", "def login(user_id: str):
    state = quote(user_id)
    return redirect(f'https://api.notion.com/v1/oauth/authorize?client_id={CLIENT_ID}&state={state}')", &["oauth-state-predictable"]),
    ("auth/secrets.py", "def login():
    session['state'] = state = secrets.token_urlsafe(32)
    return redirect(f'https://api.notion.com/v1/oauth/authorize?client_id={CLIENT_ID}&state={state}')", &[]),
    ("spa/everything.ts", "const secret = import.meta.env.VITE_NOTION_CLIENT_SECRET
export async function finish(code) {
  const r = await fetch('https://api.notion.com/v1/oauth/token', { headers: basic(secret), body: code })
  const data = await r.json()
  localStorage.setItem('notion_token', data.access_token)
}", &["code-public-prefix", "code-token-in-browser-storage", "oauth-client-secret-in-client"]),
    ("spa/client.tsx", "'use client'
const r = await fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ client_secret: s, code }) })", &["oauth-client-secret-in-client"]),
    ("spa/ids.ts", "export const id = process.env.NEXT_PUBLIC_NOTION_CLIENT_ID, db = import.meta.env.VITE_NOTION_DB_ID", &[]),
    ("spa/api-key.svelte", "<script>
  const key = import.meta.env.VITE_NOTION_API_KEY
</script>
<p>it's here</p>", &["code-public-prefix"]),
    ("spa/labels.tsx", "localStorage.setItem('notion_connected', 'true')
localStorage.setItem('notion_token_saved_at', String(Date.now()))
sessionStorage.setItem('notion_oauth_state', state)", &[]),
    ("log/plain.ts", "import { Client } from '@notionhq/client'
console.log(`key ${process.env.NOTION_API_KEY}`)", &["code-token-logged"]),
    ("log/about.ts", "const token = process.env.NOTION_TOKEN
console.log('NOTION_TOKEN', token ? 'set' : 'missing', !!token, token?.length)
console.log(`starts with ${process.env.NOTION_TOKEN.slice(0, 4)}`)", &[]),
    ("log/response.go", "package a
func f() { raw := post(\"https://api.notion.com/v1/oauth/token\"); fmt.Println(string(raw)) }", &["-code-token-logged"]),
    ("log/alias.py", "from notion_client import Client
token = os.environ['NOTION_TOKEN']
print('using', token)", &["code-token-logged"]),
    ("url/redirect.js", "const t = await post('https://api.notion.com/v1/oauth/token')
res.redirect('/done?token=' + t.access_token)", &["code-token-in-url"]),
    ("url/state.js", "await post('https://api.notion.com/v1/oauth/token')
res.redirect(`/done?workspace=${t.workspace_id}`)", &[]),
    ("hook/right.ts", "export async function POST(req) {
  const raw = await req.text(), header = req.headers.get('x-notion-signature') ?? ''
  const own = 'sha256=' + createHmac('sha256', token).update(raw).digest('hex')
  if (header.length !== own.length || !timingSafeEqual(Buffer.from(header), Buffer.from(own))) return no()
  const body = JSON.parse(raw)
  if (body.verification_token) console.info('verification_token received')
}", &[]),
    ("hook/eq.ts", "const signature = req.headers['x-notion-signature']
const expected = createHmac('sha256', token).update(raw).digest('hex')
if (signature !== `sha256=${expected}` && signature !== expected) return res.status(401).end()", &["webhook-signature-eq"]),
    ("hook/eq.py", "signature = request.headers.get('X-Notion-Signature')
expected = hmac.new(key, body, hashlib.sha256).hexdigest()
if signature == expected:
    handle()", &["webhook-signature-eq"]),
    ("hook/eq.go", "package a
func h(r *http.Request) bool {
	signature := r.Header.Get(\"X-Notion-Signature\")
	expectedMAC := sum(r)
	return signature == expectedMAC
}", &["webhook-signature-eq"]),
    ("hook/equal.go", "package a
func h(r *http.Request) bool {
	signature := r.Header.Get(\"X-Notion-Signature\")
	if signature == \"\" { return false }
	return hmac.Equal([]byte(signature), sum(r))
}", &[]),
    ("hook/optional.ts", "const signature = req.headers.get('x-notion-signature')
if (signature && !verify(raw, signature, secret)) return new Response(null, { status: 401 })
await handle(JSON.parse(raw))", &["webhook-signature-optional"]),
    ("hook/else.ts", "const signature = req.headers.get('x-notion-signature')
if (secret && signature) {
  if (!verify(raw, signature, secret)) return new Response(null, { status: 401 })
} else {
  return new Response(null, { status: 401 })
}", &[]),
    ("hook/none.ts", "// Notion
export async function POST(req) {
  const body = await req.json()
  if (body.verification_token) { await notionStore(body.verification_token); return Response.json({}) }
  await sync(body.entity.id)
}", &["webhook-no-verify"]),
    ("hook/none.py", "@app.post('/notion')
async def hook(request: Request):
    body = await request.json()
    if 'verification_token' in body:
        print(body['verification_token'])
        return {}
    sync_notion(body['entity']['id'])", &["webhook-no-verify", "webhook-verification-token-logged"]),
    ("hook/automation.ts", "export async function POST(req) { const body = await req.json(); await notion.save(body.data.id) }", &[]),
    ("hook/slack.ts", "if (body.type === 'url_verification') return body.challenge", &[]),
    ("hook/elsewhere.rb", "class NotionController < ApplicationController
  def create
    store(params[:verification_token])
  end
  def signature = request.headers['X-Notion-Signature']
end", &["-webhook-no-verify"]),
    ("hook/again.js", "const signature = req.get('x-notion-signature')
const own = crypto.createHmac('sha256', key).update(JSON.stringify(req.body)).digest('hex')
crypto.timingSafeEqual(Buffer.from(signature), Buffer.from(own))", &["webhook-body-reserialised"]),
    ("hook/sender.ts", "const body = JSON.stringify(event)
const sig = createHmac('sha256', key).update(body).digest('hex')
await fetch(url, { method: 'POST', body, headers: { 'x-notion-signature': `sha256=${sig}` } })", &[]),
];

/// The rules that a review of one file breaks.
fn reviewed(path: &str, text: &str) -> BTreeSet<&'static str> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    std::fs::write(&file, text).expect("a file");
    let files = Files {
        paths: vec![PathBuf::from(folder.path())],
        ..Files::default()
    };
    let job = Job::new(Policy::reporting(Confidence::Medium), Vec::new());
    let report = job
        .for_review(Vec::new())
        .run(Subject::Review(files))
        .expect("a review");
    report.reported().map(|finding| finding.rule.id).collect()
}

#[test]
fn a_review_reports_exactly_the_visible_faults() {
    let severity = |id: &str| RULES.iter().find(|rule| rule.id == id).unwrap().severity;
    // Of warnings, then of notes: how many there are, and how many are seen.
    let mut counts = [[0_u32; 2]; 2];
    for (path, text, broken) in CONTEXTS {
        let seen = broken.iter().copied().filter(|rule| !rule.starts_with('-'));
        let seen: BTreeSet<&str> = seen.collect();
        assert_eq!(reviewed(path, text), seen, "{path}");
        for id in broken.iter().map(|id| id.trim_start_matches('-')) {
            let of = &mut counts[usize::from(severity(id) == Severity::Note)];
            of[0] += 1;
            of[1] += u32::from(seen.contains(id));
        }
    }
    let [warnings, notes] = counts.map(|[all, seen]| f64::from(seen) / f64::from(all));
    assert!(
        warnings >= 0.75 && notes >= 0.60,
        "{warnings} of warnings, {notes} of notes"
    );
}
