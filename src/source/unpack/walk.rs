//! Walks through a container and everything inside it.

use std::io::{ErrorKind, Read, Seek};
use std::sync::Arc;

use rawzip::RangeReader;

use crate::model::blob::Origin;
use crate::model::skip::{Skip, SkipReason};

use super::content::{Failure, MemberContent, Meter};
use super::disk::Disk;
use super::gzip::gzip_name;
use super::kind::StreamKind;
use super::loose::{Sized, read_size};
use super::place::StreamPlace;
use super::streams::{Said, Streams};
use super::{ArchiveEvent, ArchiveKind, ArchiveLimits, kind};

/// The walk through one outermost container.
pub struct Walk<'w> {
    container: Arc<Origin>,
    pub limits: &'w ArchiveLimits,
    pub meter: &'w Meter,
    /// The number of bytes of nested zips, packs and bundles that are held in memory at present.
    pub held: u64,
    each: &'w mut dyn FnMut(ArchiveEvent<'_>),
}

impl<'w> Walk<'w> {
    pub fn new(
        origin: &Origin,
        limits: &'w ArchiveLimits,
        meter: &'w Meter,
        each: &'w mut dyn FnMut(ArchiveEvent<'_>),
    ) -> Self {
        Walk {
            container: Arc::new(origin.clone()),
            limits,
            meter,
            held: 0,
            each,
        }
    }

    /// Visits everything in the outermost container.
    pub fn outermost<S: Read + Seek>(&mut self, kind: ArchiveKind, container: S, length: u64) {
        let disk = Disk::new(container, length, self.meter);
        let place = StreamPlace::outermost(&self.container);
        if kind == ArchiveKind::Zip {
            return self.zip(&disk, length, &place);
        }
        let meter = self.meter;
        self.archive(
            kind,
            &mut MemberContent::stored(RangeReader::new(&disk, 0..length), meter),
            &place,
        );
    }

    /// Reports that the outermost container could not be read.
    pub fn failed(&mut self, failure: &Failure) {
        self.skip(None, failure);
    }

    /// Visits the members of a container that is read as a stream. The method for each kind reports
    /// a failure of the stream.
    fn archive(&mut self, kind: ArchiveKind, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        match kind {
            ArchiveKind::Zip => self.held_zip(stream, place),
            ArchiveKind::Tar => self.tar(stream, place),
            ArchiveKind::Pack => self.pack(stream, place),
            ArchiveKind::Bundle => self.bundle(stream, place),
            ArchiveKind::Loose => self.loose(stream, place),
            ArchiveKind::Gzip => self.compressed(StreamKind::Gzip, stream, place),
            ArchiveKind::Bzip2 => self.compressed(StreamKind::Bzip2, stream, place),
            ArchiveKind::Xz => self.compressed(StreamKind::Xz, stream, place),
            ArchiveKind::Zstd => self.compressed(StreamKind::Zstd, stream, place),
        }
    }

    fn compressed(
        &mut self,
        kind: StreamKind,
        stream: &mut MemberContent<'_>,
        place: &StreamPlace,
    ) {
        let name = if kind == StreamKind::Gzip {
            gzip_name(stream.start()).map(<[u8]>::to_vec)
        } else {
            None
        };
        let inside = place.inflated(name.as_deref());
        let (meter, said) = (self.meter, Said::default());
        let streams = Streams::new(kind, stream);
        let streams = if place.is_outermost() {
            streams
        } else {
            streams.noting(&said)
        };
        self.content(&mut MemberContent::inflated(streams, meter), &inside);
        let said = said.take();
        if !said.is_empty() {
            self.frame(&mut &*said, place);
        }
    }

    fn loose(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        let meter = self.meter;
        let mut inflated = MemberContent::inflated(Streams::new(StreamKind::Zlib, stream), meter);
        match read_size(&mut inflated) {
            Ok(left) => {
                let sized = Sized {
                    inner: inflated,
                    left,
                };
                self.content(
                    &mut MemberContent::stored(sized, meter),
                    &place.inflated(None),
                );
            }
            Err(error) => self.skip(place.path(), &meter.failure(error.kind(), error)),
        }
    }

    /// Hands over a container's frame, which is its text outside members. Does nothing for the
    /// outermost container, whose bytes are all searched as they are.
    pub fn frame(&mut self, said: &mut dyn Read, place: &StreamPlace) {
        if let Some(path) = place.leaf().filter(|_| !place.is_outermost()) {
            let origin = Origin::Member {
                container: Arc::clone(&self.container),
                path,
                is_frame: true,
            };
            (self.each)(ArchiveEvent::Member {
                origin: &origin,
                content: said,
            });
        }
    }

    /// Opens the stream if it is an archive, otherwise hands it over.
    pub fn content(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        let Some(kind) = kind(stream.start()) else {
            return self.leaf(stream, place);
        };
        let place = if kind == ArchiveKind::Tar {
            place.tar()
        } else {
            place.clone()
        };
        if place.depth > self.limits.depth {
            let deep = format!(
                "archives are nested deeper than {} levels",
                self.limits.depth
            );
            return self.skip(place.path(), &Failure::new(SkipReason::Limit, deep));
        }
        self.archive(kind, stream, &place);
        if stream.failure().is_none() && !self.meter.is_spent() {
            stream.drain();
            if let Some(failure) = stream.failure() {
                self.skip(place.path(), failure);
            }
        }
    }

    /// Hands over a stream that is not an archive.
    fn leaf(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        let path = place.leaf();
        let origin = self.origin(path.as_deref());
        if stream.failure().is_none() || !stream.start().is_empty() {
            (self.each)(ArchiveEvent::Member {
                origin: &origin,
                content: stream,
            });
        }
        stream.drain();
        if let Some(failure) = stream.failure() {
            self.skip(path.as_deref(), failure);
        }
    }

    pub fn exceeds_members(&mut self, place: &StreamPlace) -> bool {
        let exceeds = self.meter.exceeds_members();
        if exceeds {
            self.skip(place.path(), &self.meter.failure(ErrorKind::Other, ""));
        }
        exceeds
    }

    fn origin(&self, path: Option<&[u8]>) -> Origin {
        match path {
            None => (*self.container).clone(),
            Some(path) => Origin::Member {
                container: Arc::clone(&self.container),
                path: path.to_vec(),
                is_frame: false,
            },
        }
    }

    pub fn skip(&mut self, path: Option<&[u8]>, failure: &Failure) {
        let skip = Skip::new(self.origin(path), failure.reason, &failure.detail);
        (self.each)(ArchiveEvent::Skip(skip));
    }
}
