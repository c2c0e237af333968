//! Reads tar files as a stream, in POSIX format with pax headers and in GNU's format.

use std::io::{self, ErrorKind, Read};

use crate::model::skip::SkipReason;

use super::content::{Failure, MemberContent};
use super::header::{BLOCK, Pax, TarHeader, until_nul};

/// The maximum length in bytes of a long name or pax header: 1 MiB.
const LONGEST: u64 = 1024 * 1024;

/// The number of bytes, 64 KiB, after which collected header text is handed over.
const MUCH: usize = 64 * 1024;

/// A member of a tar.
pub struct TarEntry {
    pub name: Vec<u8>,
    /// True if the member has content, which may be empty. Most links, directories and devices have
    /// no content.
    pub has_content: bool,
}

/// A tar file, read member by member.
pub struct Tar<'s, 'c> {
    stream: &'s mut MemberContent<'c>,
    /// The number of bytes of the member's content that are not read yet.
    left: u64,
    padding: u64,
    /// The name that a GNU long-name header gives to the next member.
    name: Option<Vec<u8>>,
    pax: Pax,
    /// True if a block of zeros was read, which ends a tar. More members may follow if two tars
    /// were concatenated.
    ended: bool,
    /// True if a block was not a header. Then blocks are skipped until the next header.
    lost: bool,
    /// A block that was read ahead, and that the next read returns again.
    ahead: Vec<u8>,
    /// The collected text of headers and padding; `None` if text is not collected.
    said: Option<Vec<u8>>,
}

impl<'s, 'c> Tar<'s, 'c> {
    /// Creates a reader of the tar in `stream`. Collects the text of headers if `is_noted` is true.
    pub fn new(stream: &'s mut MemberContent<'c>, is_noted: bool) -> Self {
        let (name, pax, ahead, said) = (None, Pax::default(), Vec::new(), is_noted.then(Vec::new));
        Tar {
            stream,
            left: 0,
            padding: 0,
            name,
            pax,
            ended: false,
            lost: false,
            ahead,
            said,
        }
    }

    /// Takes the collected text of headers. `None` if no text was collected or, with `all` false,
    /// if the text has less than 64 KiB.
    pub fn said(&mut self, all: bool) -> Option<Vec<u8>> {
        self.said
            .as_mut()
            .filter(|said| said.len() >= MUCH || all && !said.is_empty())
            .map(std::mem::take)
    }

    /// Reads the header of the next member, after skipping the rest of the previous member. `None`
    /// at the end of the tar.
    ///
    /// # Errors
    ///
    /// When the tar is damaged, or a limit is exceeded. The caller may call again for the members
    /// after the damage, until the result is `None`.
    pub fn next(&mut self) -> Result<Option<TarEntry>, Failure> {
        loop {
            self.pass_over()?;
            let mut block = [0; BLOCK];
            let filled = self.fill(&mut block)?;
            let zeros = block.iter().all(|byte| *byte == 0);
            if filled == 0 || (filled < BLOCK && self.ended && zeros) {
                return self.end();
            }
            if filled == BLOCK && zeros {
                (self.ended, self.lost) = (true, false);
            } else if let Some((header, size)) = header(&block) {
                (self.ended, self.lost) = (false, false);
                self.note(&block);
                if let Some(entry) = self.member(&header, size)? {
                    return Ok(Some(entry));
                }
            } else if !std::mem::replace(&mut self.lost, true) {
                (self.name, self.pax) = (None, Pax::default());
                return Err(Failure::new(
                    SkipReason::Corrupt,
                    "a header is missing or damaged",
                ));
            }
        }
    }

    /// Returns a reader of the content of the member that [`next`](Self::next) returned last.
    pub fn content(&mut self) -> Section<'_, 's, 'c> {
        Section { tar: self }
    }

    /// Returns true if the stream has failed, so that no more members can be read.
    pub fn is_over(&self) -> bool {
        self.stream.failure().is_some()
    }

    /// Reads the member of a header; `None` if the header only describes other members, as for long
    /// names and pax attributes.
    fn member(&mut self, header: &TarHeader<'_>, size: u64) -> Result<Option<TarEntry>, Failure> {
        self.announce(size);
        match header.flag() {
            b'L' => self.name = Some(until_nul(&self.text()?).to_vec()),
            b'x' | b'X' => self.pax = Pax::parse(&self.text()?),
            // `K` is a long link target, and `g` has attributes of the whole tar.
            b'K' | b'g' if self.said.is_some() => drop(self.text()?),
            b'K' | b'g' => {}
            flag => return self.entry(header, flag).map(Some),
        }
        Ok(None)
    }

    fn entry(&mut self, header: &TarHeader<'_>, flag: u8) -> Result<TarEntry, Failure> {
        let pax = std::mem::take(&mut self.pax);
        let name = pax
            .path
            .or(self.name.take())
            .unwrap_or_else(|| header.name());
        // For links, devices, directories and volume labels, usually no content follows, even if
        // the header gives a size.
        let bare = matches!(flag, b'1'..=b'6' | b'V');
        if let Some(size) = pax.size {
            self.announce(size);
        }
        if pax.has_map {
            self.pass_map()?;
        }
        if bare && !self.has_data()? {
            self.announce(0);
        }
        let mut continues = header.sparse_continues();
        while continues {
            let mut block = [0; BLOCK];
            if self.fill(&mut block)? < BLOCK {
                return Err(Failure::new(
                    SkipReason::Corrupt,
                    "it ends in the middle of a header",
                ));
            }
            self.note(&block);
            continues = block[504] != 0;
        }
        // In old tars, only a `/` at the end of the name shows that a member is a directory.
        let has_content = self.left > 0 || !bare && !name.ends_with(b"/");
        Ok(TarEntry { name, has_content })
    }

    /// Skips the map at the beginning of a sparse file's content. The map has one decimal number on
    /// each line: the number of pieces, then the offset and length of each piece. Zeros pad it to
    /// whole blocks. A block with other bytes belongs to the content.
    fn pass_map(&mut self) -> Result<(), Failure> {
        let (mut numbers, mut wanted, mut first) = (0, None, String::new());
        while wanted.is_none_or(|wanted| numbers < wanted) && self.left >= BLOCK as u64 {
            let mut block = [0; BLOCK];
            self.fill(&mut block)?;
            if !block
                .iter()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'\n' | 0))
            {
                self.ahead = block.to_vec();
                return Ok(());
            }
            self.left -= BLOCK as u64;
            self.note(&block);
            first.extend(
                block
                    .iter()
                    .map(|byte| char::from(*byte))
                    .filter(|_| wanted.is_none()),
            );
            numbers += block.iter().filter(|byte| **byte == b'\n').count() as u64;
            let count = first
                .split_once('\n')
                .and_then(|(count, _)| count.parse::<u64>().ok());
            wanted = wanted.or(count.map(|count| count.saturating_mul(2).saturating_add(1)));
        }
        Ok(())
    }

    /// Returns true if content follows the header of a link or similar member that gives a size:
    /// programs differ on this. Reads a block ahead: another header or a block of zeros is not
    /// content.
    fn has_data(&mut self) -> Result<bool, Failure> {
        if self.left == 0 {
            return Ok(false);
        }
        let mut block = [0; BLOCK];
        let filled = self.fill(&mut block)?;
        self.ahead = block[..filled].to_vec();
        Ok(filled > 0 && header(&block).is_none() && !block.iter().all(|byte| *byte == 0))
    }

    fn note(&mut self, text: &[u8]) {
        if let Some(said) = &mut self.said {
            said.extend_from_slice(text);
            // A separator, so that no match spans two texts.
            said.push(0);
        }
    }

    /// Reads from the block that was read ahead, if there is one, otherwise from the stream.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() {
            return self.stream.read(buffer);
        }
        let count = self.ahead.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.ahead[..count]);
        self.ahead.drain(..count);
        Ok(count)
    }

    fn announce(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    /// Handles the end of the stream. Returns an error if the block of zeros at the end is missing,
    /// unless damage was reported just before.
    fn end(&mut self) -> Result<Option<TarEntry>, Failure> {
        if self.ended || self.lost {
            return Ok(None);
        }
        self.ended = true;
        Err(Failure::new(SkipReason::Corrupt, "its end is missing"))
    }

    /// Reads the content of a long-name or pax header.
    fn text(&mut self) -> Result<Vec<u8>, Failure> {
        let mut text = Vec::new();
        if self.left > LONGEST {
            return Err(Failure::new(
                SkipReason::Limit,
                "a member's name or attributes are too long",
            ));
        }
        match self.content().read_to_end(&mut text) {
            Ok(_) => {
                self.note(&text);
                Ok(text)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Skips the rest of the member's content and its padding.
    fn pass_over(&mut self) -> Result<(), Failure> {
        let (left, padding) = (
            std::mem::take(&mut self.left),
            std::mem::take(&mut self.padding),
        );
        let mut text = Vec::new();
        let passed = io::copy(&mut Rest(self).take(left), &mut io::sink());
        match passed.and_then(|_| Rest(self).take(padding).read_to_end(&mut text)) {
            // Missing padding at the end of the stream is not an error here: the missing end is
            // reported later.
            Ok(_) => {
                if text.iter().any(|byte| *byte != 0) {
                    self.note(&text);
                }
                Ok(())
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Reads a block. Returns the number of bytes read, which is less than a block only at the end
    /// of the stream.
    fn fill(&mut self, block: &mut [u8; BLOCK]) -> Result<usize, Failure> {
        let mut filled = 0;
        while filled < BLOCK {
            match self.read(&mut block[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(&error)),
            }
        }
        Ok(filled)
    }

    /// Returns the failure of the stream or, if the stream did not fail, `error` as damage. Ends
    /// the reading of the tar.
    fn failed(&mut self, error: &io::Error) -> Failure {
        self.left = 0;
        self.ended = true;
        self.stream
            .failure()
            .cloned()
            .unwrap_or_else(|| Failure::new(SkipReason::Corrupt, error))
    }
}

/// A reader of all remaining bytes of a tar.
struct Rest<'t, 's, 'c>(&'t mut Tar<'s, 'c>);

impl Read for Rest<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Parses the header in a block, with the size in it; `None` if the header or the size is invalid.
fn header(block: &[u8; BLOCK]) -> Option<(TarHeader<'_>, u64)> {
    let header = TarHeader::parse(block)?;
    let size = header.size()?;
    Some((header, size))
}

/// A reader of a member's content. It fails if the stream ends before the end of the content.
pub struct Section<'t, 's, 'c> {
    tar: &'t mut Tar<'s, 'c>,
}

impl Read for Section<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.tar.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let count = self.tar.read(&mut buffer[..wanted])?;
        self.tar.left -= count as u64;
        if count == 0 && wanted > 0 {
            // The end of the tar is missing, too, but this must not be reported a second time.
            self.tar.ended = true;
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "the archive ends in the middle of this member",
            ));
        }
        Ok(count)
    }
}
