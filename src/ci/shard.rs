//! Divides a list of repositories among parallel jobs.

use sha2::{Digest, Sha256};

use super::Lookup;

/// One of several jobs that share a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The number of this job, from 0.
    pub index: u64,
    /// The number of all jobs.
    pub of: u64,
}

/// The variables of an engine, which is a CI or batch system that runs parallel jobs: `index` holds
/// the number of the job, and `of` the number of all jobs, if the engine reports it. `first` is the
/// number of the first job.
struct Engine {
    index: &'static str,
    first: u64,
    of: Option<&'static str>,
}

/// The known engines.
const ENGINES: [Engine; 8] = [
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    Engine {
        index: "CI_NODE_INDEX",
        first: 1,
        of: Some("CI_NODE_TOTAL"),
    },
    Engine {
        index: "BITBUCKET_PARALLEL_STEP",
        first: 0,
        of: Some("BITBUCKET_PARALLEL_STEP_COUNT"),
    },
    Engine {
        index: "BUILDKITE_PARALLEL_JOB",
        first: 0,
        of: Some("BUILDKITE_PARALLEL_JOB_COUNT"),
    },
    Engine {
        index: "CIRCLE_NODE_INDEX",
        first: 0,
        of: Some("CIRCLE_NODE_TOTAL"),
    },
    Engine {
        index: "SYSTEM_JOBPOSITIONINPHASE",
        first: 1,
        of: Some("SYSTEM_TOTALJOBSINPHASE"),
    },
    Engine {
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        first: 0,
        of: None,
    },
    Engine {
        index: "JOB_COMPLETION_INDEX",
        first: 0,
        of: None,
    },
    // Arrays of Slurm begin where their author says.
    Engine {
        index: "SLURM_ARRAY_TASK_ID",
        first: 0,
        of: Some("SLURM_ARRAY_TASK_COUNT"),
    },
];

/// The largest number of jobs that share a list.
const MOST_JOBS: u64 = 100_000;

impl Shard {
    /// Returns the shard of this job. `index` and `of` are the numbers that flags give; a missing
    /// number is taken from the variables of the engine that runs the job.
    ///
    /// # Errors
    ///
    /// When a number is unknown, invalid or too large, or the variables of two engines differ.
    pub fn of_job(
        index: Option<u64>,
        of: Option<u64>,
        lookup: &Lookup<'_>,
    ) -> Result<Self, String> {
        let from_variables = match (index, of) {
            (Some(_), Some(_)) => None,
            _ => from_variables(lookup)?,
        };
        let own = index.or(from_variables.map(|(index, _)| index));
        let all = of.or(from_variables.and_then(|(_, of)| of));
        let index =
            own.ok_or("the number of this job is not known: give --index (0 for the first job)")?;
        let of = all.ok_or("the number of jobs is not known: give --of")?;
        if of == 0 {
            return Err("--of 0: the number of jobs must be at least 1".to_owned());
        }
        if of > MOST_JOBS {
            return Err(format!("--of {of}: at most {MOST_JOBS} jobs share a list"));
        }
        if index >= of {
            return Err(format!(
                "job {index} of {of}: jobs are counted from 0 to {}",
                of - 1
            ));
        }
        Ok(Shard { index, of })
    }

    /// Returns true if a line of the list belongs to this job. A new line moves no other line to
    /// another job. A new number of jobs moves as few lines as possible.
    pub fn has(self, line: &str) -> bool {
        owner(line, self.of) == self.index
    }
}

/// Returns the index of the job that a line belongs to, if there are `jobs` jobs. Uses jump
/// consistent hash (Lamping and Veach, 2014): as the number of jobs grows, the line jumps to later
/// jobs; the last jump below `jobs` is the result.
fn owner(line: &str, jobs: u64) -> u64 {
    let digest = Sha256::digest(line);
    let mut key = digest[..8]
        .iter()
        .fold(0, |key, byte| key << 8 | u64::from(*byte));
    let (mut job, mut next) = (0, 0);
    while next < jobs {
        job = next;
        key = key.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        let step = (1u64 << 31) as f64 / ((key >> 33) + 1) as f64;
        next = ((job + 1) as f64 * step) as u64;
    }
    job
}

/// Returns the number of this job, counted from 0, and the number of all jobs, from the variables
/// that the CI system sets. `None` if no such variable is set.
fn from_variables(lookup: &Lookup<'_>) -> Result<Option<(u64, Option<u64>)>, String> {
    let mut all = Vec::new();
    for engine in &ENGINES {
        let Some(index) = number(engine.index, lookup)? else {
            continue;
        };
        let first = match engine.index {
            "SLURM_ARRAY_TASK_ID" => first_of_slurm(lookup)?,
            _ => engine.first,
        };
        let name = engine.index;
        let index = index
            .checked_sub(first)
            .ok_or(format!("{name} is less than {first}"))?;
        let of = engine
            .of
            .map(|name| number(name, lookup))
            .transpose()?
            .flatten();
        all.push((name, (index, of)));
    }
    match all.as_slice() {
        [] => Ok(None),
        [(_, own), rest @ ..] if rest.iter().all(|(_, other)| other == own) => Ok(Some(*own)),
        many => {
            let names: Vec<&str> = many.iter().map(|(name, _)| *name).collect();
            Err(format!(
                "{} differ: give --index and --of",
                names.join(" and ")
            ))
        }
    }
}

/// Returns the number of the first job of a Slurm array.
///
/// # Errors
///
/// When the array has gaps (`--array=0,3,9`, `0-9:3`): the number of a job is then not its position
/// in the array.
fn first_of_slurm(lookup: &Lookup<'_>) -> Result<u64, String> {
    let first = number("SLURM_ARRAY_TASK_MIN", lookup)?.unwrap_or(0);
    let last = number("SLURM_ARRAY_TASK_MAX", lookup)?;
    let count = number("SLURM_ARRAY_TASK_COUNT", lookup)?;
    match last.zip(count) {
        Some((last, count)) if last.checked_sub(first).map(|steps| steps + 1) != Some(count) => {
            Err("the numbers of this Slurm array have gaps: give --index and --of".to_owned())
        }
        _ => Ok(first),
    }
}

fn number(name: &str, lookup: &Lookup<'_>) -> Result<Option<u64>, String> {
    let Some(value) = lookup(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let value = value.to_string();
    value
        .parse()
        .map(Some)
        .map_err(|_| format!("{name} is not a whole number"))
}

#[cfg(test)]
mod tests {
    use super::Shard;
    use crate::fake::Fake;

    fn shard(index: Option<u64>, of: Option<u64>, set: &[(&str, &str)]) -> Result<Shard, String> {
        let lookup = |name: &str| {
            let known = set.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        };
        Shard::of_job(index, of, &lookup)
    }

    #[test]
    fn each_engine_sets_the_shard_and_flags_override_it() {
        for (set, flag, expected) in [
            (
                &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "4")][..],
                None,
                (0, 4),
            ),
            (
                &[
                    ("BITBUCKET_PARALLEL_STEP", "0"),
                    ("BITBUCKET_PARALLEL_STEP_COUNT", "2"),
                ],
                None,
                (0, 2),
            ),
            (
                &[
                    ("BUILDKITE_PARALLEL_JOB", "1"),
                    ("BUILDKITE_PARALLEL_JOB_COUNT", "3"),
                ],
                None,
                (1, 3),
            ),
            (
                &[("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "3")],
                None,
                (2, 3),
            ),
            (
                &[
                    ("SYSTEM_JOBPOSITIONINPHASE", "2"),
                    ("SYSTEM_TOTALJOBSINPHASE", "2"),
                ],
                None,
                (1, 2),
            ),
            (&[("AWS_BATCH_JOB_ARRAY_INDEX", "5")], Some(6), (5, 6)),
            (&[("JOB_COMPLETION_INDEX", "3")], Some(4), (3, 4)),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "7"),
                    ("SLURM_ARRAY_TASK_COUNT", "8"),
                ],
                None,
                (7, 8),
            ),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "1"),
                    ("SLURM_ARRAY_TASK_MIN", "1"),
                    ("SLURM_ARRAY_TASK_MAX", "8"),
                    ("SLURM_ARRAY_TASK_COUNT", "8"),
                ],
                None,
                (0, 8),
            ),
        ] {
            let (index, of) = expected;
            assert_eq!(shard(None, flag, set), Ok(Shard { index, of }), "{set:?}");
            let typed = shard(Some(1), Some(9), set);
            assert_eq!(typed, Ok(Shard { index: 1, of: 9 }));
        }
    }

    #[test]
    fn an_incomplete_or_invalid_shard_is_refused() {
        for (index, of, set) in [
            (None, None, &[][..]),
            (Some(0), None, &[]),
            (None, Some(2), &[]),
            (Some(2), Some(2), &[]),
            (Some(0), Some(0), &[]),
            (
                None,
                None,
                &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "4")],
            ),
            (
                None,
                None,
                &[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "4")],
            ),
            (
                None,
                Some(4),
                &[("JOB_COMPLETION_INDEX", "1"), ("SLURM_ARRAY_TASK_ID", "2")],
            ),
            (
                None,
                None,
                &[
                    ("SLURM_ARRAY_TASK_ID", "3"),
                    ("SLURM_ARRAY_TASK_MIN", "0"),
                    ("SLURM_ARRAY_TASK_MAX", "9"),
                    ("SLURM_ARRAY_TASK_COUNT", "4"),
                ],
            ),
        ] {
            assert!(shard(index, of, set).is_err(), "{index:?} {of:?} {set:?}");
        }
    }

    /// Each line belongs to exactly one shard. With one more shard, a line stays in its shard or
    /// moves to the new one.
    #[test]
    fn each_line_is_in_one_shard_and_stays_there() {
        let mut fake = Fake::new(7);
        for _ in 0..40 {
            let of = u64::from(fake.next() % 20 + 1);
            let line =
                |fake: &mut Fake| format!("https://host/{}/{}", fake.next() % 9, fake.next());
            let lines: Vec<String> = (0..60).map(|_| line(&mut fake)).collect();
            let owner = |line: &str, of| {
                let owners = (0..of).filter(|index| Shard { index: *index, of }.has(line));
                let owners: Vec<u64> = owners.collect();
                assert_eq!(owners.len(), 1, "{line}");
                owners[0]
            };
            for line in &lines {
                let (before, after) = (owner(line, of), owner(line, of + 1));
                assert!(before == after || after == of, "{line} moved");
            }
        }
    }

    #[test]
    fn jobs_have_about_the_same_number_of_lines() {
        let lines: Vec<String> = (0..2000)
            .map(|at| format!("https://host/acme/{at}"))
            .collect();
        for index in 0..8 {
            let own = lines
                .iter()
                .filter(|line| Shard { index, of: 8 }.has(line))
                .count();
            assert!((190..310).contains(&own), "{index}: {own}");
        }
    }
}
