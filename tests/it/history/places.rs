//! A token in each place that git keeps anything in: found once, and placed right, however git has stored it.

use super::planted::Planted;
use super::{contents, records, refs, token};
use crate::sandbox::Sandbox;

#[test]
fn every_place_is_found_once_and_placed_right_however_it_is_stored() {
    let mut planted = Planted::new();
    contents::changes(&mut planted);
    contents::forms(&mut planted);
    let seams = contents::seams(&mut planted);
    refs::merges(&mut planted);
    refs::named(&mut planted);
    refs::tags(&mut planted);
    refs::stashes(&mut planted);
    refs::unreachable(&mut planted);
    records::messages(&mut planted);
    refs::work_trees(&mut planted);
    records::submodules(&mut planted);
    records::borrowed(&mut planted);
    records::records(&mut planted);
    assert!(planted.len() >= 45, "{}", planted.len());
    planted.check("loose");
    planted.sandbox.git(["repack", "-q", "-adf", "--depth=50"]);
    contents::assert_deltas(&planted, &seams);
    planted.check("packed");
    planted.sandbox.git(["gc", "-q"]);
    planted.check("cruft pack");
    planted.sandbox.git(["multi-pack-index", "write"]);
    planted.check("multi-pack index");
}

/// A message is met first; whoever reads the report must learn of the file all the same, and of other messages.
#[test]
fn a_secret_in_a_message_and_in_a_file_is_told_in_both() {
    let sandbox = Sandbox::repository();
    let secret = token(1);
    sandbox.write("cfg.ini", &secret).commit_all(&format!("set {secret}"));
    sandbox.git(["tag", "-a", "-m", &secret, "v1"]);
    let report = sandbox.run(["history"]).stdout;
    for told in ["commit ", "cfg.ini", "never removed", "tag object ", "kept by  branch main, tag v1"] {
        assert!(report.contains(told), "{told}: {report}");
    }
}
