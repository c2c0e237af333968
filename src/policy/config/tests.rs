//! Tests of the configuration with valid and invalid files.

use super::Config;
use crate::model::rule::Confidence;

fn error(text: &str) -> String {
    Config::parse("c.yaml", text)
        .err()
        .map(|error| format!("{error:?}"))
        .unwrap_or_default()
}

const WHOLE: &str = "version: 1
min-confidence: high
exclude: ['vendor/**']
rules:
  session-cookie: {confidence: low}
  legacy-token: {enabled: false, reason: none of ours}
allow:
  - {fingerprint: 'v1:00112233445566778899aabbccddeeff', reason: revoked, expires: 2027-01-01}
  - {paths: ['docs/**'], rules: [legacy-token], reason: published examples}
  - {unscanned: 'v1:ffeeddccbbaa99887766554433221100', reason: a fixture that is cut short}
limits: {max-file-size: 2MiB, archive-depth: 1}
env: {committed: [{path: 'a/.env*', reason: fixed}]}
";

#[test]
fn a_whole_file_is_read() {
    let config = Config::parse("c.yaml", WHOLE).unwrap();
    assert_eq!(config.min_confidence, Some(Confidence::High));
    assert_eq!(
        (
            config.max_file_size,
            config.archive_depth,
            config.decode_depth
        ),
        (Some(2 << 20), Some(1), None)
    );
    assert!(
        config.committed[0].paths.matches(b"a/.env.test")
            && !config.committed[0].paths.matches(b"b/a/.env")
    );
    assert!(config.exclude[0].matches(b"vendor/x/y"));
    let rules: Vec<_> = config
        .rules
        .iter()
        .map(|set| (set.rule, set.at_most, set.off.as_deref()))
        .collect();
    assert_eq!(
        rules,
        [
            ("legacy-token", None, Some("none of ours")),
            ("session-cookie", Some(Confidence::Low), None)
        ]
    );
    assert_eq!(config.allow[0].expires.unwrap().to_string(), "2027-01-01");
    assert_eq!(config.allow[1].rules, ["legacy-token"]);
    assert!(config.allow[2].unscanned.is_some() && config.allow[2].fingerprint.is_none());
    assert_eq!(
        [0, 1].map(|entry| config.source.as_ref().unwrap().line_of_allow(entry)),
        [Some(8), Some(9)]
    );
}

#[test]
fn the_effective_configuration_reads_back_unchanged() {
    let first = Config::parse("c.yaml", WHOLE).unwrap().effective();
    let again = Config::parse("c.yaml", first.as_str()).unwrap();
    assert_eq!(
        (again.min_confidence, again.decode_depth),
        (Some(Confidence::High), Some(3))
    );
    assert_eq!(again.effective(), first);
}

#[test]
fn the_effective_configuration_has_every_default() {
    let text = Config::default().effective();
    for line in [
        "min-confidence: medium",
        "  archive-depth: 4",
        "  decode-depth: 3",
        "  env: fail",
        "  trust-changes: true",
        "  allow-env-read: false",
        "  every: 90d",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    Config::parse("c.yaml", text).unwrap();
}

#[test]
fn errors_name_the_mistake_and_a_suggestion() {
    for (text, parts) in [
        (
            "version: 1\nmin-confidense: high\n",
            &[
                "unknown field `min-confidense`",
                "did you mean `min-confidence`?",
            ][..],
        ),
        (
            "version: 1\nmin-confidence: hihg\n",
            &["did you mean `high`?"],
        ),
        (
            "version: 1\nrules: {legacy-tokn: {confidence: low}}\n",
            &["did you mean `legacy-token`?"],
        ),
        (
            "version: 1\nallow: [{rules: [session-cooky], reason: x}]\n",
            &["did you mean `session-cookie`?"],
        ),
        ("version: 2\n", &["version 2"]),
        ("min-confidence: high\n", &["missing field `version`"]),
        (
            "version: 1\nlimits: {max-file-size: lots}\n",
            &["`lots` is not a size"],
        ),
        (
            "version: 1\nenv: {committed: [{path: '.env', reason: ' '}]}\n",
            &["does not say why"],
        ),
        (
            "version: 1\nenv: {committed: [{path: '{', reason: x}]}\n",
            &["`{` is not a glob"],
        ),
        (
            "version: 1\nexclude: ['../x']\n",
            &["`../x` has `..` as a part"],
        ),
        ("version: 1\nexclude: ['/x']\n", &["`/x` is absolute"]),
        (
            "version: 1\nallow: [{paths: ['**']}]\n",
            &["missing field `reason`"],
        ),
        (
            "version: 1\nallow: [{reason: all}]\n",
            &["it would allow everything"],
        ),
        (
            "version: 1\nallow: [{unscanned: 'v1:00112233445566778899aabbccddeeff', rules: [legacy-token], reason: x}]\n",
            &["names an object, not a finding"],
        ),
        (
            "version: 1\nallow: [{unscanned: 'v1:12', reason: x}]\n",
            &["`v1:12` is not a fingerprint"],
        ),
        (
            "version: 1\nallow: [{rules: [], reason: all}]\n",
            &["it would allow everything"],
        ),
        (
            "version: 1\nallow: [{paths: [a], reason: x, expires: 2027-02-30}]\n",
            &["not a day of the calendar"],
        ),
        (
            "version: 1\nallow: [{fingerprint: 'v1:12', reason: x}]\n",
            &["`v1:12` is not a fingerprint"],
        ),
        (
            "version: 1\nrules: {legacy-token: {enabled: false}}\n",
            &["switched off without a reason"],
        ),
        (
            "version: 1\nrules: {legacy-token: {}, legacy-token: {}}\n",
            &["duplicate entry"],
        ),
        ("version: 1\nversion: 1\n", &["duplicate"]),
        (": : :", &["not valid"]),
        ("", &["not valid"]),
        ("version: 1\n---\nversion: 1\n", &["not valid"]),
    ] {
        let error = error(text);
        parts
            .iter()
            .for_each(|part| assert!(error.contains(part), "{part} is not in {error}"));
    }
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted() {
    assert!(Config::parse("c.yaml", "\u{feff}version: 1\r\nmin-confidence: high\r\n").is_ok());
}

#[test]
fn the_position_of_an_error_is_a_byte_offset() {
    let text = "version: 1\n# \u{1f511}\u{e9}\nlimits: {\u{e9}: 1}\n";
    let error = serde_yaml::from_str::<super::schema::File>(text)
        .err()
        .unwrap();
    assert_eq!(super::place::of_error(text, &error), text.find("\u{e9}:"));
}

/// Checks that files made to take much time or memory are refused quickly.
#[test]
fn hostile_files_are_refused_in_bounded_time() {
    let start = std::time::Instant::now();
    let million = 1_000_000;
    let alias = |item: &str, times: usize| {
        format!("version: 1\nexclude: [&a {item}{}]\n", ", *a".repeat(times))
    };
    let paths = format!("&p [{}a]", "a, ".repeat(900));
    for text in [
        "x".repeat(10 * million),
        "[".repeat(200_000),
        "{a: ".repeat(50_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        format!("version: 1\nexclude: {}", "[".repeat(200_000)),
        alias(&"x".repeat(100_000), 30_000),
        alias("x", 40_000),
        format!(
            "version: 1\nallow:\n- {{paths: {paths}, reason: x}}\n{}",
            "- {paths: *p, reason: x}\n".repeat(900)
        ),
        "version: 1\na: &a [&b [&c [x]]]\nb: *z\n".to_owned(),
        "version: 1\nexclude: [\"a\0b\"]\n".to_owned(),
        "version: 1\nexclude: [\"a\\0b\"]\n".to_owned(),
        "version: 1\nexclude: &a [*a]\n".to_owned(),
        format!("version: 1\nexclude: ['{}']\n", "{a,".repeat(300)),
    ] {
        assert!(
            Config::parse("c.yaml", text.as_str()).is_err(),
            "{}",
            &text[..text.len().min(60)]
        );
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
