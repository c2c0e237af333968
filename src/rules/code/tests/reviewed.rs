//! Tests of the rules that only a review looks for.

use super::{assert_lines, lines};

#[test]
fn a_signature_is_optional_if_nothing_refuses_its_absence() {
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
            "if signature is not None and not verify(body, signature):\n    abort(401)\nhandle(body)",
        ],
        &[
            "if not signature:\n    abort(401)\nif signature and not verify(body, signature):\n    abort(401)",
            "if secret and signature:\n    check()\nelse:\n    abort(401)",
        ],
    );
}

#[test]
fn only_comparisons_of_two_signatures_are_reported() {
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
fn a_predictable_state_is_traced_to_its_source() {
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
fn a_state_comparison_is_found_on_either_side() {
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

#[test]
fn an_optional_signature_is_seen_in_ruby_and_go() {
    let rule = "webhook-signature-optional";
    let head = "signature = request.headers['X-Notion-Signature']\n";
    for fault in [
        "return head :unauthorized if signature && !Rack::Utils.secure_compare(signature, own)\nhandle(raw)",
        "return head :unauthorized if signature.present? && !ok?(signature)\nhandle(raw)",
        "if signature && !Rack::Utils.secure_compare(signature, own)\n  return head :unauthorized\nend\nhandle(raw)",
    ] {
        assert_eq!(
            lines(rule, "a.rb", &format!("{head}{fault}\n")),
            [2],
            "{fault}"
        );
    }
    let refused = "return head :unauthorized unless signature\n";
    let checked = "return head :unauthorized if signature && !ok?(signature)\n";
    assert_eq!(
        lines(rule, "a.rb", &format!("{head}{refused}{checked}")),
        [0; 0]
    );
    let go = "if sig := r.Header.Get(\"X-Notion-Signature\"); sig != \"\" {\n\tif !valid(raw, sig) {\n\t\tw.WriteHeader(401)\n\t\treturn\n\t}\n}\nhandle(raw)\n";
    assert_eq!(lines(rule, "a.go", go), [1]);
}

#[test]
fn a_handshake_without_a_check_is_seen_in_each_language() {
    let rule = "webhook-no-verify";
    for (path, text) in [
        (
            "notion_controller.rb",
            "class NotionController < ApplicationController\n  skip_before_action :verify_authenticity_token\n  def create\n    return head(:ok) if params[:verification_token]\n  end\nend\n",
        ),
        (
            "notion.php",
            "<?php\n$body = json_decode(file_get_contents('php://input'), true);\nif (isset($body['verification_token'])) { exit; }\n",
        ),
        (
            "NotionHook.java",
            "@PostMapping(\"/notion\")\nvoid take(JsonNode body) {\n  if (body.has(\"verification_token\")) { return; }\n}\n",
        ),
        (
            "Notion.cs",
            "app.MapPost(\"/notion\", (JsonElement b) => {\n  if (b.TryGetProperty(\"verification_token\", out var t)) return Ok();\n});\n",
        ),
        (
            "notion.go",
            "func h(w http.ResponseWriter, r *http.Request) {\n\tif _, ok := b[\"verification_token\"]; ok {\n\t}\n}\n",
        ),
    ] {
        assert_eq!(lines(rule, path, text).len(), 1, "{path}");
        let checked = format!("{text}\nhmac(raw)\n");
        assert_eq!(lines(rule, path, &checked), [0; 0], "{path}");
    }
}

#[test]
fn an_unrelated_hash_is_not_a_signature() {
    let head = "const signature = req.headers['x-notion-signature']\n";
    for (rule, other, fault) in [
        (
            "webhook-body-reserialised",
            "createHash('sha256').update(JSON.stringify(event)).digest('hex')",
            "createHmac('sha256', key).update(JSON.stringify(event)).digest('hex')",
        ),
        (
            "webhook-signature-eq",
            "if (page.contentHash !== saved.contentHash) sync()",
            "if (hash !== signature) return",
        ),
    ] {
        assert_lines(rule, "a.ts", head, &[fault], &[other]);
    }
    let java = "String signature = r.getHeader(\"X-Notion-Signature\");\nif (!Objects.equals(expected, signature)) return;\n";
    assert_eq!(lines("webhook-signature-eq", "A.java", java), [2]);
}

#[test]
fn a_constant_state_in_the_url_is_predictable() {
    let rule = "oauth-state-predictable";
    let address = "https://api.notion.com/v1/oauth/authorize?client_id=1";
    for (path, text, is_fault) in [
        ("a.ts", format!("go(`{address}&state=fixed`)"), true),
        ("a.py", format!("go(f\"{address}&state=fixed&x=1\")"), true),
        ("a.ts", format!("go(`{address}&state=${{state}}`)"), false),
        (
            "a.go",
            format!("u := conf.AuthCodeURL(\"state\") // x\nv := \"{address}\""),
            true,
        ),
        (
            "a.go",
            format!("u := conf.AuthCodeURL(state)\nv := \"{address}\""),
            false,
        ),
    ] {
        assert_eq!(!lines(rule, path, &text).is_empty(), is_fault, "{text}");
    }
    let rails = format!("redirect_to \"{address}\", allow_other_host: true\n");
    assert_eq!(lines("oauth-authorize-no-state", "a.rb", &rails), [1]);
}
