//! The rules that only a review looks for.

use super::{assert_lines, lines};

#[test]
fn an_optional_signature_is_one_that_nothing_else_refuses() {
    let head = "const signature = req.headers['x-notion-signature']\n";
    assert_lines(
        "webhook-signature-optional",
        "src/a.ts",
        head,
        &[
            "if (signature && !verify(raw, signature)) return res.status(401).end()",
            "if (secret && signature) { if (!ok(raw, signature)) return res.status(401).end() }\nhandle(raw)",
            "if (signature) { if (!verify(raw, signature)) return res.status(401).end() }\nhandle(raw)",
            "if (signature !== undefined) {\n  if (!verify(raw, signature)) throw new Error('no')\n}\nhandle(raw)",
        ],
        &[
            "if (signature) { if (verify(raw, signature)) return handle(raw) }\nreturn res.status(401).end()",
            "if (signature) { if (!verify(raw, signature)) throw new Error('no') } else { throw new Error('none') }",
            "if (signature) { log('it is signed') }\nverify(raw, signature)",
            "if (!signature) return res.status(401).end()\nif (signature && !verify(raw, signature)) return res.status(401).end()",
            "if (secret && signature) { check() } else { return res.status(401).end() }",
            "if (secret && signature) { check() }\nelse if (secret) throw new Error('no signature')",
            "if (signature && verify(raw, signature)) { handle() }\nres.status(401).end()",
            "if (!signature || !verify(raw, signature)) return res.status(401).end()",
        ],
    );
    let head = "signature = request.headers.get('x-notion-signature')\n";
    assert_lines(
        "webhook-signature-optional",
        "a.py",
        head,
        &[
            "if signature and not verify(body, signature):\n    abort(401)\nhandle(body)",
            "if signature:\n    if not verify(body, signature):\n        abort(401)\nhandle(body)",
        ],
        &[
            "if not signature:\n    abort(401)\nif signature and not verify(body, signature):\n    abort(401)",
            "if secret and signature:\n    check()\nelse:\n    abort(401)",
        ],
    );
}

#[test]
fn only_two_signatures_are_compared_by_an_operator() {
    let head = "const signature = req.headers['x-notion-signature']\n";
    assert_lines(
        "webhook-signature-eq",
        "src/a.ts",
        head,
        &[
            "if (signature !== expected) return",
            "return hmac.digest('hex') === signature",
            "const ok = expectedSignature == req.signature",
        ],
        &[
            "if (signature === undefined) return",
            "if (signature.length !== expected.length) return",
            "if (typeof signature !== kind) return",
            "if (signature === '') return",
            "console.log({ same: signature === expected })",
            "if (hash === page) return",
        ],
    );
    let no_header = "if (signature !== expected) return\n";
    assert_eq!(lines("webhook-signature-eq", "a.ts", no_header), [0; 0]);
    let sends =
        "fetch(url, { headers: { 'x-notion-signature': signature } })\nsignature === expected\n";
    assert_eq!(
        lines("webhook-signature-eq", "a.ts", sends),
        [0; 0],
        "a script that sends it"
    );
}

#[test]
fn a_state_is_followed_to_what_it_is_made_of() {
    let rule = "oauth-state-predictable";
    let url =
        "redirect(`https://api.notion.com/v1/oauth/authorize?client_id=${id}&state=${state}`)";
    for (made, is_fault) in [
        ("Math.random().toString(36)", true),
        ("btoa(JSON.stringify({ user, next }))", true),
        ("user.id", true),
        ("'notion-connect'", true),
        ("crypto.randomUUID()", false),
        ("randomBytes(32).toString('hex')", false),
        (
            "btoa(JSON.stringify({ user, nonce: crypto.randomUUID() }))",
            false,
        ),
        ("await sign({ user: user.id })", false),
        ("req.query.state", false),
    ] {
        let text = format!("const state = {made}\n{url}\n");
        assert_eq!(!lines(rule, "a.ts", &text).is_empty(), is_fault, "{made}");
    }
}

#[test]
fn a_state_is_compared_whatever_side_it_is_on() {
    let exchange = "const code = req.query.code\nconst state = req.query.state\n\
        fetch('https://api.notion.com/v1/oauth/token', { body: JSON.stringify({ code, \
        grant_type: 'authorization_code' }) })\n";
    for (check, is_fault) in [
        (
            "if (!saved || saved !== req.query.state) return deny()",
            false,
        ),
        ("if (req.query.state !== saved) return deny()", false),
        ("if (expected == state) go()", false),
        ("if (state !== undefined) go()", true),
        ("", true),
    ] {
        let text = format!("{exchange}{check}\n");
        let found = lines("oauth-state-unchecked", "a.ts", &text);
        assert_eq!(!found.is_empty(), is_fault, "{check}");
    }
}
