use crate::detect::scanner::Scanner;
use crate::fake::Fake;
use crate::model::blob::{Blob, Origin};
use crate::model::rule::Confidence;
use crate::model::secret::Secret;
use crate::rules::RULES;

/// Texts with a token in two pieces. The first piece replaces `①`, the second replaces `②`.
const SPLIT: &[&str] = &[
    "const token = ['①', '②'].join('');",
    "const token = [\"①\", \"②\"].join(\"\")",
    "token = ''.join(['①', '②'])",
    "token = \"\".join((\n    \"①\",\n    \"②\",\n))",
    "$token = implode('', ['①', '②']);",
    "token := strings.Join([]string{\"①\", \"②\"}, \"\")",
    "String token = String.join(\"\", \"①\", \"②\");",
    "var token = string.Concat(\"①\", \"②\");",
    "token = ['①', '②'].join\n",
    "val token = listOf(\"①\", \"②\").joinToString(\"\")",
    "let token = [\"①\", \"②\"].concat();",
    "const TOKEN: &str = concat!(\"①\", \"②\");",
    "const parts = ['①', '②'];\nconst token = parts.join('');",
    "parts = ['①', '②']\ntoken = ''.join(parts)",
    "const token = '①'.concat('②');",
    "builder.append(\"①\").append(\"②\");",
    "const A1 = '①';\nconst B1 = '②';\nconst token = `${A1}${B1}`;",
    "HEAD = \"①\"\nTAIL = \"②\"\ntoken = HEAD + TAIL",
    "head = '①'\ntail = '②'\nclient = Client(auth=f'{head}{tail}')",
    "token = '①'\ntoken += '②'",
    "$token = '①';\n$token .= '②';",
    "T=\"①\"\nT+=\"②\"\n",
    "T=①\nT+=②\n",
    "A=①\nB=②\nexport T=$A$B",
    "A=①\nexport B=②\ncurl -H \"Authorization: Bearer ${A}${B}\"",
    "token = '%s%s' % ('①', '②')",
    "token = '{}{}'.format('①', '②')",
    "let token = format!(\"{}{}\", \"①\", \"②\");",
    "token := fmt.Sprintf(\"%s%s\", \"①\", \"②\")",
    "$t = -join('①', '②')",
    "$t = ('①', '②') -join ''",
    "$t = '①','②' -join ''",
    "A=①; B=②; T=$A$B",
    "A=① && B=② && echo $A${B}",
    "readonly A=①\nreadonly B=②\nT=\"${A}${B}\"",
    "A=① B=②; run $A$B",
    "const t = ['①', '②'].join(\"\")",
    "\u{1b}[01;31m①\u{1b}[m\u{1b}[K②",
    "{\"log\": \"\\u001b[31m①\\u001b[0m②\"}",
    "log: \\x1b[1m①\\x1b[0m②",
    "  this.a = '①';\n  b = '②';\n  token = this.a + this.b",
    "export NOTION_TOKEN=\"①\\\n②\"",
    "token = \"\"\"①\\\n    ②\"\"\"",
    "ENV NOTION_TOKEN=①\\\r\n    ②",
    "$token = \"①`\n②\"",
    "set NOTION_TOKEN=①^\r\n②",
    "$token = \"①\" + `\n  \"②\"",
    "token = '①' + \\\n  '②'",
    "token = '①' \\\n  '②'",
    "t = \"①\" & _\r\n  \"②\"",
    "[(①)-12(②)] TJ",
    "\"export T=\\\"①\\\\\\n②\\\"\"",
    "notion key: ①\u{200b}②",
    "notion key: ①\u{2060}②",
    "notion key: ①\u{ad}②",
    "notion key: ①\u{feff}②",
    "<p>①&shy;②</p>",
    "<p>①<wbr>②</p>",
    "<p>①&#8203;②</p>",
    "{\"text\": \"①\\u200b②\"}",
    "<w:r><w:t>①</w:t></w:r><w:proofErr w:type=\"spellStart\"/><w:r><w:rPr><w:lang w:val=\"en-US\"/></w:rPr><w:t>②</w:t></w:r>",
    "<w:t>①</w:t>\n  </w:r>\n  <w:r w:rsidR=\"00A1\">\n    <w:t xml:space=\"preserve\">②</w:t>",
    "<a:r><a:rPr lang=\"en-US\" dirty=\"0\"/><a:t>①</a:t></a:r><a:r><a:rPr lang=\"en-US\" err=\"1\"/><a:t>②</a:t></a:r>",
    "<text:p><text:span text:style-name=\"T1\">①</text:span><text:span text:style-name=\"T2\">②</text:span></text:p>",
    "<si><r><t>①</t></r><r><rPr><sz val=\"11\"/><rFont val=\"Calibri\"/></rPr><t>②</t></r></si>",
    "<span class=\"s\">①</span><span class=\"s\">②</span>",
    "> the key is ①\n> ②\n> thanks",
    ">> ①\n>> ②\n",
];

/// Texts with a token in two pieces that only the structure of the token shows to be one: the line
/// break alone shows nothing.
const BROKEN: &[&str] = &[
    "2026-01-01 12:00:00 INFO starting with token ①\n② and so on",
    "token: ①\r\n    ②\r\n",
    "web-1  | token ①\nweb-1  | ②",
    "# token ①\n# ②",
    "+token: ①\n+②",
];

/// Texts in which the two pieces are separate values.
const APART: &[&str] = &[
    "const tokens = ['①', '②'];",
    "const token = ['①', '②'].join('-');",
    "token = ', '.join(['①', '②'])",
    "a = '①'\nb = '②'\nprint(a, b)",
    "<w:p><w:r><w:t>①</w:t></w:r></w:p><w:p><w:r><w:t>②</w:t></w:r></w:p>",
    "<td>①</td><td>②</td>",
    "<w:t>①</w:t><w:br/><w:t>②</w:t>",
    "<string>①</string><string>②</string>",
    "① ②",
    "①, ②",
    "①\n\n②",
    "'①'; '②'",
    "token = '①'\nother += '②'",
    "A=①\nB=②\necho $A $B",
    "A=①\nB=②\n",
    "t = '%s-%s' % ('①', '②')",
    "t = ['①', '②'].join()",
    "a = ['①', '②']\nconst c = data.join('')",
    "t = pd.concat([f('①', '②')])",
    "A=①\nB=②\ncurl -u $A:$B x",
    "A=①\nB=②\ncurl -u \"${A}:${B}\" x",
    "ID='①'\nKEY='②'\ncurl https://$ID:$KEY@x",
    "a = '①'\nb = '②'\nt = f'{a}/{b}'",
    "a = '①'\nb = '②'\nt = a + '-' + b",
    "a = '①'\nb = '②'\nt = a || b",
    "a = '①'\nb = '②'\nt = a.b",
    "a = '①'\nb = '②'\nt = data + b",
    "<code>①</code> <code>②</code>",
    "<span>①</span>\n<span>②</span>",
    "web  | ①\ndb  | ②",
    "-notion token = ①\n+②",
    "> - ①\n> ②",
    "t = ('①', '②') -join ','",
    "- ①\n- ②\n",
    "* ①\n* ②\n",
    "# ①\n# ②\n",
    "- id ①\n- id ②\n",
];

fn fingerprints(text: &str) -> Vec<(String, Confidence)> {
    let origin = Origin::File("a.txt".into());
    let scanner = Scanner::new(RULES);
    let findings = scanner.scan(&Blob::whole(&origin, text.as_bytes()));
    assert!(
        findings.is_empty() || scanner.prefilter().may_hold(text.as_bytes()),
        "{text}"
    );
    let described = |finding: &crate::model::finding::Finding| {
        let evidence = finding.evidence.as_ref().expect("a credential");
        (evidence.fingerprint.to_string(), finding.confidence)
    };
    findings.iter().map(described).collect()
}

/// Returns `template` with a token that is cut after `at` characters.
fn split(template: &str, token: &str, at: usize) -> String {
    let (first, second) = token.split_at(at);
    template.replace('①', first).replace('②', second)
}

#[test]
fn a_token_in_pieces_is_joined() {
    for template in SPLIT {
        for seed in 1..6 {
            let mut fake = Fake::new(seed);
            for token in [fake.ntn(0), fake.ntn(2)] {
                for at in [15, 20, 33, 40, 45, 46, 47, 48, 49] {
                    let text = split(template, &token, at);
                    let secret = Secret::new(token.clone().into_bytes(), 0);
                    let expected = vec![(secret.fingerprint().to_string(), Confidence::High)];
                    assert_eq!(fingerprints(&text), expected, "{text}");
                }
            }
            let token = std::iter::repeat_with(|| fake.secret())
                .find(|token| token[7..].bytes().any(|byte| byte.is_ascii_digit()))
                .expect("one of many");
            for at in [25, 36, 44, 49] {
                let text = format!("// notion\n{}", split(template, &token, at));
                let secret = Secret::new(token.clone().into_bytes(), 0);
                let expected = vec![(secret.fingerprint().to_string(), Confidence::High)];
                assert_eq!(fingerprints(&text), expected, "{text}");
            }
        }
    }
}

#[test]
fn a_token_across_a_line_break_is_joined() {
    for template in BROKEN {
        for seed in 1..6 {
            let token = Fake::new(seed).ntn(1);
            for at in [18, 30, 44, 47] {
                let text = split(template, &token, at);
                let secret = Secret::new(token.clone().into_bytes(), 0);
                let expected = vec![(secret.fingerprint().to_string(), Confidence::High)];
                assert_eq!(fingerprints(&text), expected, "{text}");
            }
        }
    }
}

#[test]
fn an_old_token_with_a_late_line_break_is_joined() {
    for template in BROKEN {
        for seed in 1..6 {
            let mut fake = Fake::new(seed);
            let token = std::iter::repeat_with(|| fake.secret())
                .find(|token| token[49..].bytes().all(|byte| byte.is_ascii_digit()))
                .expect("one of many");
            for at in [37, 42, 47] {
                let text = format!("// notion\n{}", split(template, &token, at));
                let secret = Secret::new(token.clone().into_bytes(), 0);
                let expected = vec![(secret.fingerprint().to_string(), Confidence::High)];
                assert_eq!(fingerprints(&text), expected, "{text}");
            }
        }
    }
}

#[test]
fn a_word_after_a_truncated_token_is_not_its_end() {
    let token = Fake::new(4).ntn(0);
    let stump = &token[..47];
    let secret = Secret::new(stump.into(), 0);
    let text = format!("the token begins with {stump}\nand so on");
    let expected = vec![(secret.fingerprint().to_string(), Confidence::Medium)];
    assert_eq!(fingerprints(&text), expected);
}

/// Some tokens are one or two characters shorter than most: the start of the next row is not their
/// end.
#[test]
fn the_next_row_is_not_the_end_of_a_token() {
    for seed in 1..10 {
        let mut fake = Fake::new(seed);
        let (short, old) = (fake.ntn(0)[..49].to_owned(), fake.secret()[..49].to_owned());
        for token in [short, old] {
            for rows in [
                "COPY notion (id, token) FROM stdin;\n1\t①\n2\tx",
                "id,notion_token\n1,①\n2,x",
                "1. notion ①\n2. notion",
                "the notion token ①\nI will rotate it",
                "> the notion token is ①\n> A reply",
                "notion: ①\nX: 1",
                "web | notion ①\nweb | A start",
            ] {
                let text = rows.replace('①', &token);
                let secret = Secret::new(token.clone().into_bytes(), 0);
                let found = fingerprints(&text);
                assert_eq!(found.len(), 1, "{text}");
                assert_eq!(found[0].0, secret.fingerprint().to_string(), "{text}");
            }
        }
    }
}

/// The name of another service's secret is split from its value; a word in a literal of its own is
/// not.
#[test]
fn a_token_behind_a_word_in_a_literal_is_found() {
    for seed in 1..10 {
        let token = Fake::new(seed).secret();
        for template in [
            "h = 'Bearer' + '①'  # notion",
            "console.log(\"notion token\" + \"①\")",
            "SELECT 'notion' || '①'",
            "$x = 'notion' . '①';",
        ] {
            let text = template.replace('①', &token);
            let secret = Secret::new(token.clone().into_bytes(), 0);
            let expected = vec![(secret.fingerprint().to_string(), Confidence::High)];
            assert_eq!(fingerprints(&text), expected, "{text}");
        }
    }
}

#[test]
fn tokens_that_touch_are_two() {
    for seed in 1..20 {
        let mut fake = Fake::new(seed);
        let (first, second, old) = (fake.ntn(0), fake.ntn(3), fake.secret());
        for pair in [
            [&first, &second],
            [&first, &old],
            [&old, &second],
            [&old, &old],
        ] {
            let text = format!("notion {}{}, ", pair[0], pair[1]);
            let found = fingerprints(&text);
            let expected = pair.map(|token| {
                let secret = Secret::new(token.clone().into_bytes(), 0);
                (secret.fingerprint().to_string(), Confidence::High)
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}

#[test]
fn two_values_are_not_joined() {
    for template in APART {
        for seed in 1..6 {
            for (token, at) in [(Fake::new(seed).ntn(1), 22), (Fake::new(seed).ntn(0), 15)] {
                let text = split(template, &token, at);
                assert_eq!(fingerprints(&text), [], "{text}");
            }
        }
    }
}

#[test]
fn many_pieces_are_joined() {
    let token = Fake::new(3).ntn(0);
    let spaced: Vec<String> = token.chars().map(String::from).collect();
    let text = format!("ntn_{}", spaced[4..].join("\u{200b}"));
    let secret = Secret::new(token.into_bytes(), 0);
    assert_eq!(
        fingerprints(&text),
        [(secret.fingerprint().to_string(), Confidence::High)]
    );
}
