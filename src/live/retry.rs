//! The pauses between requests, and before a request is sent again.

use std::time::Duration;

use super::answer;
use super::{Answer, UnknownReason};

/// The shortest time between the starts of two requests: three requests a second, Notion's average
/// limit.
pub const PACE: Duration = Duration::from_millis(334);

/// The largest number of retries of a request that failed to connect, timed out, broke off, or got
/// the status 500, 502, 503 or 504.
const FAILURES: u32 = 2;

/// The largest number of retries of a request that Notion refused as too frequent (status 429 or
/// 529).
const REFUSALS: u32 = 5;

/// Returns the time to wait before a request is sent again; `None` if the outcome is final.
/// `attempts` is the number of times that the request was sent.
pub fn pause(outcome: &Result<Answer, UnknownReason>, attempts: u32) -> Option<Duration> {
    let growing = Duration::from_millis(500 << attempts.min(5));
    match outcome {
        Ok(response) => match response.status {
            429 | 529 if answer::is_blocked(response) || attempts > REFUSALS => None,
            429 | 529 => Some(answer::retry_after(response).map_or(growing, Duration::from_secs)),
            500 | 502 | 503 | 504 if attempts <= FAILURES => Some(growing),
            _ => None,
        },
        Err(reason) => (reason.is_passing() && attempts <= FAILURES).then_some(growing),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;
    use crate::live::{Answer, TlsFault, UnknownReason};

    fn answered(
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, UnknownReason> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Ok(Answer {
            status,
            headers: headers.iter().map(own).collect(),
            body: body.into(),
        })
    }

    #[test]
    fn only_temporary_failures_are_retried() {
        let seconds = |outcome, attempts| pause(&outcome, attempts).map(|time| time.as_millis());
        let wait = &[("retry-after", "7")];
        assert_eq!(seconds(answered(429, wait, ""), 1), Some(7000));
        assert_eq!(seconds(answered(529, wait, ""), 5), Some(7000));
        assert_eq!(seconds(answered(429, wait, ""), 6), None);
        let body =
            r#"{"object":"error","code":"rate_limited","additional_data":{"retry_after":3}}"#;
        assert_eq!(seconds(answered(429, &[], body), 1), Some(3000));
        assert_eq!(
            seconds(answered(429, &[("retry-after", "soon")], ""), 1),
            Some(1000)
        );
        let reason = r#"{"rate_limit_reason":"public_api_request_blocked"}"#;
        let body =
            format!(r#"{{"object":"error","code":"rate_limited","additional_data":{reason}}}"#);
        assert_eq!(seconds(answered(429, wait, &body), 1), None);
        for status in [500, 502, 503, 504] {
            let waits = [1, 2, 3].map(|attempts| seconds(answered(status, &[], ""), attempts));
            assert_eq!(waits, [Some(1000), Some(2000), None], "{status}");
        }
        for status in [200, 302, 400, 401, 403, 404, 407, 501] {
            assert_eq!(seconds(answered(status, wait, ""), 1), None, "{status}");
        }
    }

    #[test]
    fn a_connection_is_tried_three_times_and_a_certificate_once() {
        let timeout = UnknownReason::Timeout(Duration::from_secs(1));
        for reason in [
            timeout,
            UnknownReason::Lookup,
            UnknownReason::Connection,
            UnknownReason::CutOff,
        ] {
            assert!(pause(&Err(reason.clone()), 2).is_some());
            assert!(pause(&Err(reason), 3).is_none());
        }
        for reason in [
            UnknownReason::Tls(TlsFault::Expired),
            UnknownReason::NoStore,
            UnknownReason::TooLarge,
        ] {
            assert!(pause(&Err(reason), 1).is_none());
        }
    }
}
