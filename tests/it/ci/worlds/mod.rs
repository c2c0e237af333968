//! Random CI worlds, compared with a model: which commits are new, which commit is the base, and the verdict on each
//! secret.
//!
//! The model ([`model`]) follows the description of `ntnguard ci`, for a small history with sets of commits as bits. The
//! binary gets the same history as a repository ([`world`]) and an event ([`event`]).

mod event;
mod model;
mod world;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Value, token};
use event::Event;
use model::{Expected, Outcome};
use world::World;

/// The number of worlds to check.
const WORLDS: u64 = 800;

/// The number of different secrets.
pub const SECRETS: usize = 3;

#[test]
fn verdicts_in_random_worlds_match_the_model() {
    let prints: Vec<String> = (0..SECRETS).map(print).collect();
    let next = AtomicU64::new(0);
    let work = || {
        let mut counts = BTreeMap::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= WORLDS {
                return counts;
            }
            let kind = check(seed, &prints);
            *counts.entry(kind).or_insert(0) += 1;
        }
    };
    let counts = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .fold(BTreeMap::new(), |mut all, thread| {
                for (kind, count) in thread.join().unwrap() {
                    *all.entry(kind).or_insert(0) += count;
                }
                all
            })
    });
    assert!(
        counts.len() >= 12 && counts.values().all(|count| *count > 2),
        "some sort of world is rare: {counts:?}"
    );
}

/// The fingerprint of a secret.
fn print(secret: usize) -> String {
    let sandbox = crate::sandbox::Sandbox::new();
    sandbox.write("x", token(secret as u64 + 1));
    let json = sandbox.run(["scan", "--format", "json"]).json();
    json["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Checks one world. Returns the kind of its event.
fn check(seed: u64, prints: &[String]) -> &'static str {
    let (world, event) = event::generate(seed);
    let repository = world.build(prints);
    let run = event.run(&world, &repository);
    let told = format!(
        "seed {seed}: {event:?}\n{world:#?}\n{}\n{}",
        run.stdout, run.stderr
    );
    let expected = model::judge(&world, &event);
    let found = outcomes(&run.json(), prints);
    if let Some(expected) = &expected.exact {
        assert_eq!(&found, expected, "{told}");
        assert_eq!(
            run.status,
            expected_status(expected, event_is_red(&world, &event)),
            "{told}"
        );
    }
    // In any case: a secret that the base does not have is reported, or the run is not clean.
    let is_complete = run.json()["complete"].as_bool().unwrap();
    for secret in &expected.must_not_pass {
        let is_told = found
            .get(secret)
            .is_some_and(|outcome| *outcome != Outcome::Suppressed);
        assert!(
            is_told || !is_complete && run.status == 2,
            "secret {secret} passes: {told}"
        );
    }
    assert!(is_complete || run.status != 0, "{told}");
    event.kind()
}

fn event_is_red(world: &World, event: &Event) -> bool {
    model::changes_configuration_from_outside(world, event)
}

fn expected_status(expected: &Expected, is_red: bool) -> i32 {
    i32::from(
        is_red
            || expected
                .values()
                .any(|outcome| *outcome == Outcome::Reported),
    )
}

/// The verdict on each secret in the report.
fn outcomes(json: &Value, prints: &[String]) -> Expected {
    let mut found = Expected::new();
    for finding in json["findings"].as_array().unwrap() {
        let Some(secret) = prints
            .iter()
            .position(|print| finding["fingerprint"] == print.as_str())
        else {
            continue;
        };
        let outcome = match finding["verdict"].as_str().unwrap() {
            "reported" => Outcome::Reported,
            "already-there" => Outcome::AlreadyThere,
            "allowed-by-change" => Outcome::AllowedByChange,
            "suppressed" => Outcome::Suppressed,
            other => panic!("{other}"),
        };
        assert!(
            found.insert(secret, outcome).is_none(),
            "one secret is one finding"
        );
    }
    found
}
