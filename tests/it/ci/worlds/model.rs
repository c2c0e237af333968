//! The expected result of `ntnguard ci` in a world, computed simply and slowly. A set of commits is a number with one bit
//! for each commit.

use std::collections::{BTreeMap, BTreeSet};

use super::SECRETS;
use super::event::{Event, What};
use super::world::World;

/// The verdict on a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Suppressed,
    AlreadyThere,
    AllowedByChange,
    Reported,
}

/// The verdict on each secret in the report.
pub type Expected = BTreeMap<usize, Outcome>;

/// The expected result in a world.
pub struct Promise {
    /// The whole expected report, or none where the model cannot know it: in a shallow clone, or with several merge bases.
    pub exact: Option<Expected>,
    /// The secrets that a new commit adds and that the base neither has nor allows.
    pub must_not_pass: BTreeSet<usize>,
}

/// The state with which a change is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    At(usize),
    /// The whole checked out commit.
    Own,
    /// The checked out commit, without what it adds to its first parent.
    Since(Option<usize>),
    Nobody,
}

/// The base of an event, and the event's last commit.
pub fn base(world: &World, event: &Event) -> (Base, usize) {
    let default = world.at("refs/remotes/origin/main");
    let compared = |is_default: bool| {
        default
            .filter(|_| !is_default)
            .map_or(Base::Nobody, Base::At)
    };
    match &event.what {
        What::Everything => (Base::Own, world.head),
        What::Push {
            branch,
            before,
            head,
        } => {
            let is_default = *branch == "main";
            let base = match before {
                Some(Some(before)) if world.has(*before) => Base::At(*before),
                // The previous commit is gone, or the branch is new.
                Some(_) => compared(is_default),
                None => panic!("a push is told where the branch was, or that it is new"),
            };
            (base, *head)
        }
        What::Untold { branch, head } if *branch == "main" => (
            Base::Since(world.commits[*head].parents.first().copied()),
            *head,
        ),
        What::Untold { head, .. } => (compared(false), *head),
        What::Tag { head } => (compared(false), *head),
        What::Unclear => match default {
            Some(default) if world.reach(default) >> world.head & 1 == 1 => (Base::Own, world.head),
            _ => (compared(false), world.head),
        },
        What::Proposal {
            head,
            named,
            merge_is_told,
        } => {
            let leads = |tip: usize, to: usize| world.reach(tip) >> to & 1 == 1;
            let branch = default.filter(|_| event.origin_is_base);
            let parents = &world.commits[world.head].parents;
            let merged = match parents.as_slice() {
                [first, second] if second == head && world.head != *head => Some(*first),
                _ => None,
            };
            let known = [Some(*named), branch];
            let merged = merged.filter(|parent| {
                *merge_is_told || known.into_iter().flatten().any(|base| leads(base, *parent))
            });
            let all: Vec<usize> = [merged, branch, Some(*named)]
                .into_iter()
                .flatten()
                .collect();
            let open: Vec<usize> = all
                .iter()
                .copied()
                .filter(|base| !leads(*base, *head))
                .collect();
            let mut newest = open.first().copied().unwrap_or(*all.last().unwrap());
            for base in open {
                newest = if leads(base, newest) { base } else { newest };
            }
            (Base::At(newest), *head)
        }
    }
}

/// Returns true if allowances in the change itself do not count.
fn is_strangers(event: &Event, base: Base) -> bool {
    event.is_strangers || base == Base::Nobody
}

/// Returns true if a stranger's change changes the baseline.
pub fn changes_configuration_from_outside(world: &World, event: &Event) -> bool {
    let (base, _) = base(world, event);
    let before = match base {
        Base::At(before) | Base::Since(Some(before)) => before,
        _ => return false,
    };
    let now = world.commits[world.head].baseline;
    // Most worlds have one merge base. If there are several, any of them may be used.
    let starts = parted(world, before);
    let is_as_before = |commit: &usize| world.commits[*commit].baseline == now;
    is_strangers(event, base)
        && !is_as_before(&before)
        && (starts.is_empty() || !starts.iter().all(is_as_before))
}

/// The expected result for an event in a world.
pub fn judge(world: &World, event: &Event) -> Promise {
    let (base, head) = base(world, event);
    let own = world.commits[world.head].baseline;
    let allowed = match base {
        Base::At(base) | Base::Since(Some(base)) => world.commits[base].baseline,
        Base::Own => own,
        Base::Since(None) | Base::Nobody => 0,
    };
    let hidden = match base {
        Base::At(base) => world.reach(base),
        _ => 0,
    };
    let new = match base {
        // All commits that are present, from whichever ref they can be reached.
        Base::Own => (1 << world.commits.len()) - 1,
        _ => world.reach(head) & !hidden,
    };
    let new: Vec<usize> = (0..world.commits.len())
        .filter(|commit| new >> commit & 1 == 1)
        .collect();
    let brought: BTreeSet<usize> = match base {
        Base::Own => new.iter().flat_map(|commit| world.held(*commit)).collect(),
        _ => new
            .iter()
            .flat_map(|commit| world.brought(*commit))
            .collect(),
    };
    let told: BTreeSet<usize> = brought
        .iter()
        .copied()
        .chain(world.held(world.head))
        .collect();
    let (there, is_sure) = already_there(world, base);
    let outcome = |secret: usize| {
        let is_in = |baseline: u8| baseline >> secret & 1 == 1;
        if is_in(allowed) {
            Outcome::Suppressed
        } else if there.contains(&secret) {
            Outcome::AlreadyThere
        } else if is_in(own) && base != Base::Own && !is_strangers(event, base) {
            Outcome::AllowedByChange
        } else {
            Outcome::Reported
        }
    };
    let exact: Expected = told
        .iter()
        .map(|secret| (*secret, outcome(*secret)))
        .collect();
    let must_not_pass = brought
        .into_iter()
        .filter(|secret| allowed >> secret & 1 == 0 && *secret < SECRETS)
        .collect();
    Promise {
        exact: Some(exact).filter(|_| is_sure && !world.is_shallow()),
        must_not_pass,
    }
}

/// The secrets in the files of the base, or of the merge base; and whether there is only one merge base.
fn already_there(world: &World, base: Base) -> (BTreeSet<usize>, bool) {
    let Base::At(base) = base else {
        return (BTreeSet::new(), true);
    };
    let parted = parted(world, base);
    let held = parted
        .iter()
        .chain([&base])
        .flat_map(|commit| world.held(*commit))
        .collect();
    (held, parted.len() <= 1)
}

/// The merge bases of the change and its base.
fn parted(world: &World, base: usize) -> Vec<usize> {
    let common = world.reach(base) & world.reach(world.head);
    let all: Vec<usize> = (0..world.commits.len())
        .filter(|commit| common >> commit & 1 == 1)
        .collect();
    let is_best = |commit: &usize| {
        !all.iter()
            .any(|other| other != commit && world.reach(*other) >> commit & 1 == 1)
    };
    all.iter().copied().filter(is_best).collect()
}
