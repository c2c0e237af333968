//! A token in each place that git keeps anything in: found once, and placed right, however git has stored it.

use super::planted::Planted;
use super::{contents, records, refs};

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
