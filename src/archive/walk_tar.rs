//! Goes through the members of a tar.

use super::content::Content;
use super::place::Place;
use super::tar::Tar;
use super::walk::Walk;

impl Walk<'_> {
    /// Visits a tar's members. Whatever is damaged is said, and those after it are visited.
    pub fn tar(&mut self, stream: &mut Content<'_>, place: &Place) {
        let mut tar = Tar::new(stream);
        loop {
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
                self.content(&mut Content::stored(tar.content(), meter), &place.member(&entry.name));
            }
            if tar.is_over() {
                return;
            }
        }
    }
}
