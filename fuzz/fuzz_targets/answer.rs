//! Any bytes taken for an answer of Notion's: a status, a line for each header, and a body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ntnguard::live::answer::{of_introspection, of_me, of_object, of_probe, retry_after, trace};
use ntnguard::live::listing::{Listed, of_members, of_place, of_search};
use ntnguard::live::probe::Probed;
use ntnguard::live::reach::Reach;
use ntnguard::live::{Answer, Introspection, LiveState, Presence};

/// The answer that `bytes` are.
fn answer(bytes: &[u8]) -> Option<Answer> {
    let (status, rest) = bytes.split_first_chunk::<2>()?;
    let (headers, body) = match rest.windows(2).position(|two| two == b"\n\n") {
        Some(end) => (&rest[..end], &rest[end + 2..]),
        None => (&rest[..0], rest),
    };
    let headers = String::from_utf8_lossy(headers).into_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.to_owned()))
    };
    // Half of them have a status that counts.
    let known = [200, 401, 403, 404, 400, 429, 529, 302];
    let status = match status[0] & 1 {
        0 => known[usize::from(status[1]) % known.len()],
        _ => u16::from_be_bytes(*status) % 1000,
    };
    Some(Answer {
        status,
        headers: headers.lines().filter_map(header).collect(),
        body: body.to_vec(),
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some(answer) = answer(bytes) else { return };
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match of_me(&answer) {
        LiveState::Live(identity) => {
            assert!(answer.status == 200 && body["object"] == "user");
            assert!(identity.is_some_and(|identity| body["id"] == identity.bot));
        }
        LiveState::Dead => {
            assert_eq!(answer.status, 401);
            assert!(body["code"] == "unauthorized" || body["error"] == "unauthorized");
        }
        LiveState::Unknown(reason) => assert!(!reason.id().is_empty()),
    }
    if matches!(of_object(&answer), Presence::Shared | Presence::InTrash) {
        assert!(answer.status == 200 && body["id"].is_string());
    }
    if of_introspection(&answer) == Introspection::Refused {
        assert_eq!(answer.status, 401);
    }
    let trace = trace(&answer);
    let is_plain = |text: String| text.len() <= 40 && text.is_ascii() && !text.contains('\n');
    assert!(trace.code.is_none_or(is_plain) && trace.request.is_none_or(is_plain));
    let _ = retry_after(&answer);
    if of_probe(&answer) == Probed::Has {
        assert_eq!(answer.status, 400);
    }
    let _ = (of_members(&answer), of_place(&answer));
    if let Listed::Objects { objects, .. } = of_search(&answer) {
        let mut reach = Reach::default();
        objects.into_iter().for_each(|object| reach.add(object));
        // Whatever is listed is reached through something.
        assert_eq!(reach.roots().is_empty(), reach.is_empty());
    }
});
