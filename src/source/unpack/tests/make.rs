//! Makes valid and damaged archives for tests.

use std::io::Write;

use super::super::ArchiveKind;
use super::Numbers;

/// A member of a zip to make.
pub struct ZipMember {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub zip64: bool,
}

pub fn member(name: &str, content: &[u8], method: u16) -> ZipMember {
    ZipMember {
        name: name.into(),
        content: content.into(),
        method,
        flags: 0,
        zip64: false,
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = rawzip::Crc32::new();
    crc.update(bytes);
    crc.checksum()
}

fn encoded(method: u16, content: &[u8]) -> Vec<u8> {
    match method {
        8 => {
            let mut out =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            out.write_all(content).unwrap();
            out.finish().unwrap()
        }
        12 => compressed(ArchiveKind::Bzip2, content),
        14 => lzma(content),
        93 => compressed(ArchiveKind::Zstd, content),
        95 => compressed(ArchiveKind::Xz, content),
        _ => content.to_vec(),
    }
}

fn lzma(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(6);
    let (properties, dictionary) = (options.get_props(), options.dict_size);
    let mut out = lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, false).unwrap();
    out.write_all(content).unwrap();
    let raw = out.finish().unwrap();
    [
        &[9, 20, 5, 0, properties][..],
        &dictionary.to_le_bytes(),
        &raw,
    ]
    .concat()
}

/// Makes a zip of members. Members with flag bit 3 get a data descriptor.
pub fn zip(members: &[ZipMember]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let data = encoded(member.method, &member.content);
        let sizes = [
            crc(&member.content),
            data.len() as u32,
            member.content.len() as u32,
        ];
        let described = member.flags & 8 != 0;
        let mut fixed = Vec::new();
        for number in [20, member.flags, member.method, 0, 0] {
            fixed.extend(number.to_le_bytes());
        }
        let lengths = |sizes: [u32; 3]| {
            sizes
                .iter()
                .flat_map(|size| size.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let offset = out.len() as u32;
        out.extend(
            [
                &b"PK\x03\x04"[..],
                &fixed,
                &lengths(if described { [0; 3] } else { sizes }),
            ]
            .concat(),
        );
        out.extend(
            [
                &(member.name.len() as u16).to_le_bytes()[..],
                &[0, 0],
                &member.name,
                &data,
            ]
            .concat(),
        );
        if described {
            out.extend([&b"PK\x07\x08"[..], &lengths(sizes)].concat());
        }
        let wide = [
            &[1, 0, 16, 0][..],
            &u64::from(sizes[2]).to_le_bytes(),
            &u64::from(sizes[1]).to_le_bytes(),
        ]
        .concat();
        let (extra, sizes) = if member.zip64 {
            (wide, [sizes[0], !0, !0])
        } else {
            (Vec::new(), sizes)
        };
        directory.extend([&b"PK\x01\x02\x14\0"[..], &fixed, &lengths(sizes)].concat());
        directory.extend(
            [member.name.len() as u16, extra.len() as u16]
                .iter()
                .flat_map(|n| n.to_le_bytes()),
        );
        directory.extend([&[0; 10][..], &offset.to_le_bytes(), &member.name, &extra].concat());
    }
    finish(out, &directory, members.len() as u16)
}

/// Appends a central directory and its end record to the local headers and contents of members.
pub fn finish(mut out: Vec<u8>, directory: &[u8], count: u16) -> Vec<u8> {
    let offset = out.len() as u32;
    out.extend(directory);
    out.extend(
        [
            &b"PK\x05\x06\0\0\0\0"[..],
            &count.to_le_bytes(),
            &count.to_le_bytes(),
        ]
        .concat(),
    );
    out.extend(
        [
            &(directory.len() as u32).to_le_bytes()[..],
            &offset.to_le_bytes(),
            &[0, 0],
        ]
        .concat(),
    );
    out
}

/// Makes a compressed file of one stream.
pub fn compressed(kind: ArchiveKind, content: &[u8]) -> Vec<u8> {
    match kind {
        ArchiveKind::Gzip => gzip(content, None),
        ArchiveKind::Bzip2 => {
            let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            out.write_all(content).unwrap();
            out.finish().unwrap()
        }
        ArchiveKind::Xz => {
            let mut out =
                lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1))
                    .unwrap();
            out.write_all(content).unwrap();
            out.finish().unwrap()
        }
        ArchiveKind::Zstd => {
            ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
        }
        ArchiveKind::Zip => zip(&[member("m.txt", content, 8)]),
        ArchiveKind::Tar => tar(&[("m.txt", content)]),
        ArchiveKind::Pack | ArchiveKind::Bundle | ArchiveKind::Loose => {
            panic!("git's are made in `packs`")
        }
    }
}

pub fn gzip(content: &[u8], name: Option<&str>) -> Vec<u8> {
    let mut builder = flate2::GzBuilder::new();
    if let Some(name) = name {
        builder = builder.filename(name).extra("extra");
    }
    let mut out = builder.write(Vec::new(), flate2::Compression::default());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

/// Makes a tar of files, with the zeros at its end.
pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let parts = files
        .iter()
        .flat_map(|(name, content)| tar_member(b'0', name.as_bytes(), content));
    parts.chain([0; 1024]).collect()
}

/// Makes a tar header, followed by the content.
pub fn tar_member(flag: u8, name: &[u8], content: &[u8]) -> Vec<u8> {
    let size = format!("{:011o}\0", content.len());
    let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
    [
        tar_header(flag, name, size.as_bytes()),
        content.to_vec(),
        padding,
    ]
    .concat()
}

pub fn tar_header(flag: u8, name: &[u8], size: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    block[124..124 + size.len()].copy_from_slice(size);
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    block[148..156].copy_from_slice(b"        ");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Makes text that compresses about as well as logs do.
pub fn logs(length: usize) -> Vec<u8> {
    let mut numbers = Numbers(7);
    let mut out = Vec::new();
    while out.len() < length {
        writeln!(
            out,
            "level=info request={} path=/v1/pages/{}",
            numbers.below(1 << 30),
            numbers.below(99)
        )
        .unwrap();
    }
    out
}
