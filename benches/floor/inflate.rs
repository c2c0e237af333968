//! The floor of a history scan: inflates every entry of a repository's packs, and does nothing else. All threads read
//! each pack in order, and keep nothing.

use std::error::Error;
use std::fs;
use std::path::Path;

use gix::odb::pack::{data, index};
use rayon::prelude::*;
use sirocco::Format;
use sirocco::inflate::Decoder;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The number of entries that a thread takes at once.
const CHUNK: usize = 2048;

/// Inflates all entries of the packs in the git directory `git`, and prints their number and size.
pub fn all(git: &Path) -> crate::Result<()> {
    let (mut entries, mut bytes) = (0, 0);
    for file in fs::read_dir(git.join("objects/pack"))? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "idx") {
            let (more, size) = inflate(&path).map_err(|error| error.to_string())?;
            (entries, bytes) = (entries + more, bytes + size);
        }
    }
    println!("{entries} entries, {bytes} bytes");
    Ok(())
}

/// Inflates all entries of the pack of `index`. Returns the number of entries, and their inflated size in bytes.
fn inflate(index: &Path) -> Result<(usize, u64)> {
    let hash = gix::hash::Kind::Sha1;
    let offsets = index::File::at(index, hash)?.sorted_offsets();
    let pack = data::File::at(index.with_extension("pack"), hash)?;
    let end = pack.pack_end() as u64;
    let chunks: Vec<usize> = (0..offsets.len()).step_by(CHUNK).collect();
    let bytes = chunks.into_par_iter().map(|from| {
        let (mut decoder, mut buffer, mut bytes) = (Decoder::new(Format::Zlib), Vec::new(), 0);
        for at in from..offsets.len().min(from + CHUNK) {
            let entry = offsets[at]..offsets.get(at + 1).copied().unwrap_or(end);
            let packed = pack
                .entry_slice(entry.clone())
                .ok_or("an entry beyond the pack's end")?;
            let head = data::Entry::from_bytes(packed, entry.start, hash)?;
            buffer.resize(buffer.len().max(head.decompressed_size as usize), 0);
            let output = &mut buffer[..head.decompressed_size as usize];
            bytes += decoder
                .decompress(&packed[head.header_size()..], output, true)?
                .output
                .len() as u64;
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(bytes)
    });
    Ok((
        offsets.len(),
        bytes.try_reduce(|| 0, |one, other| Ok(one + other))?,
    ))
}
