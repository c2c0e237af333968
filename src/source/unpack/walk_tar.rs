//! Walks through the members of a tar.

use super::content::MemberContent;
use super::place::StreamPlace;
use super::tar::Tar;
use super::walk::Walk;

impl Walk<'_> {
    /// Visits the members of a tar. Damage is reported, and the visit continues with the members
    /// after it.
    pub fn tar(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        let mut tar = Tar::new(stream, !place.is_outermost());
        self.tar_members(&mut tar, place);
        self.tar_frame(&mut tar, place, true);
    }

    fn tar_members(&mut self, tar: &mut Tar<'_, '_>, place: &StreamPlace) {
        loop {
            self.tar_frame(tar, place, false);
            let entry = match tar.next() {
                Ok(None) => return,
                Ok(Some(entry)) => entry,
                Err(failure) => {
                    self.skip(place.path(), &failure);
                    if tar.is_over() {
                        return;
                    }
                    continue;
                }
            };
            if self.exceeds_members(place) {
                return;
            }
            if entry.has_content {
                let meter = self.meter;
                self.content(
                    &mut MemberContent::stored(tar.content(), meter),
                    &place.member(&entry.name),
                );
            }
            if tar.is_over() {
                return;
            }
        }
    }
    /// Hands over the text collected from headers, if `all` is true or the text is long.
    fn tar_frame(&mut self, tar: &mut Tar<'_, '_>, place: &StreamPlace, all: bool) {
        if let Some(said) = tar.said(all) {
            self.frame(&mut &*said, place);
        }
    }
}
