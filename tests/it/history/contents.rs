//! Tokens in files of the main branch.

use super::planted::{Place, Planted};
use crate::make::{base64, gzip, zip};

/// Plants tokens in files that are later deleted, replaced, renamed, kept, or turned into a link.
pub fn changes(planted: &mut Planted) {
    let names = ["deleted", "replaced", "type change", "renamed", "kept"];
    let [deleted, replaced, retyped, renamed, kept] = names.map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    let lines: String = (0..40).map(|line| format!("line {line}\n")).collect();
    sandbox
        .write("deleted.txt", &deleted.token)
        .write("replaced.txt", &replaced.token)
        .write("kept.txt", &kept.token);
    sandbox
        .write("type", &retyped.token)
        .write("dir/old.txt", format!("{lines}{}\n", renamed.token));
    let added = sandbox.commit_all("add");
    std::fs::remove_file(sandbox.path().join("deleted.txt")).unwrap();
    sandbox.write("replaced.txt", "clean");
    let gone = sandbox.commit_all("remove");
    std::fs::remove_file(sandbox.path().join("type")).unwrap();
    std::os::unix::fs::symlink("kept.txt", sandbox.path().join("type")).unwrap();
    let relinked = sandbox.commit_all("type change");
    sandbox.git(["mv", "dir/old.txt", "new.txt"]);
    sandbox.write("new.txt", format!("edited\n{lines}{}\n", renamed.token));
    sandbox.commit_all("rename and edit");
    planted.expect(deleted.path("deleted.txt").since(&added).removed(&gone));
    planted.expect(replaced.path("replaced.txt").since(&added).removed(&gone));
    planted.expect(retyped.path("type").since(&added).removed(&relinked));
    planted.expect(renamed.path("dir/old.txt").since(&added));
    planted.expect(kept.path("kept.txt").since(&added));
}

/// Plants tokens in several encodings and formats, and in names of files.
pub fn forms(planted: &mut Planted) {
    let names = [
        "binary",
        "utf-16",
        "base64",
        "gzip",
        "zip",
        "symlink",
        "file name",
        "folder name",
        "empty file's name",
    ];
    let places = names.map(|name| planted.place(name));
    let tokens = places.each_ref().map(|place| place.token.clone());
    let sandbox = &planted.sandbox;
    let binary = [&[0, 1, 2, 0xff, 0][..], tokens[0].as_bytes(), &[0, 0xfe, 7]].concat();
    let wide: Vec<u8> = format!("x = '{}'", tokens[1])
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    sandbox.write("binary", binary).write("utf-16", wide);
    sandbox.write(
        "base64",
        base64(format!("token: {}\n", tokens[2]).as_bytes()),
    );
    sandbox.write("gzip", gzip(format!("token: {}\n", tokens[3]).as_bytes()));
    sandbox.write(
        "zip",
        zip("in/side.txt", format!("token: {}\n", tokens[4]).as_bytes()),
    );
    std::os::unix::fs::symlink(&tokens[5], sandbox.path().join("link")).unwrap();
    let (file, folder, empty) = (
        format!("{}.txt", tokens[6]),
        format!("{}/file", tokens[7]),
        format!("e/{}", tokens[8]),
    );
    sandbox
        .write(&file, "x")
        .write(&folder, "x")
        .write(&empty, "");
    let added = sandbox.commit_all("forms");
    let paths = [
        "binary", "utf-16", "base64", "gzip", "zip", "link", &file, &tokens[7], &empty,
    ];
    for (at, (place, path)) in places.into_iter().zip(paths).enumerate() {
        let place = if at < 6 {
            place
        } else {
            place.part("path-name")
        };
        planted.expect(place.path(path).since(&added));
    }
}

/// Plants tokens, each in its own file, that only a delta of a delta completes: by an insertion within the anchor or behind
/// its first letter, or by two adjacent copies, with the bytes between them deleted. The base of the delta has no token, so
/// only the new bytes show that the object has one. Returns the commits of the three versions.
pub fn seams(planted: &mut Planted) -> [String; 3] {
    let mut fake = crate::fake::Fake::new(77);
    let mut lines = |count: usize| -> Vec<String> {
        (0..count)
            .map(|_| fake.of(b"abcdefghij klm", 40) + "\n")
            .collect()
    };
    // The last version keeps the new lines of the second version, so that git stores it as a delta of the second version.
    let versions = SEAMS.map(|_| {
        let first = lines(400);
        let second = [&first[..200], &lines(30)[..], &first[230..]].concat();
        let (second, third) = (second[..390].to_vec(), second[..380].to_vec());
        [first, second, third]
    });
    let places = SEAMS.map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    let commits = [0, 1, 2].map(|version| {
        for ((name, Place { token, .. }), versions) in SEAMS.into_iter().zip(&places).zip(&versions)
        {
            let middle = match name {
                _ if version == 2 => token.clone(),
                "seam in the anchor" => token[..2].to_owned(),
                "seam behind a letter" => token[..1].to_owned(),
                _ => format!("{}{}{}", &token[..2], "pqrs tuv".repeat(5), &token[2..]),
            };
            let (before, behind) = versions[version].split_at(100);
            sandbox.write(
                name,
                format!("{}x {middle}\n{}", before.concat(), behind.concat()),
            );
        }
        sandbox.commit_all("seams")
    });
    for (name, place) in SEAMS.into_iter().zip(places) {
        planted.expect(place.path(name).since(&commits[2]));
    }
    commits
}

const SEAMS: [&str; 3] = [
    "seam in the anchor",
    "seam behind a letter",
    "seam of two copies",
];

/// Asserts that git has packed the versions of the files of [`seams`] as deltas of each other.
pub fn assert_deltas(planted: &Planted, commits: &[String; 3]) {
    let packs = std::fs::read_dir(planted.sandbox.path().join(".git/objects/pack")).unwrap();
    let paths = packs.map(|entry| entry.unwrap().path().to_string_lossy().into_owned());
    let listed: String = paths
        .filter(|path| path.ends_with(".idx"))
        .map(|index| planted.sandbox.git(["verify-pack", "-v", &index]))
        .collect();
    let depth = |version: String| {
        let id = planted.sandbox.id(&version);
        let line = listed.lines().find(|line| line.starts_with(&id)).unwrap();
        line.split_whitespace()
            .nth(5)
            .map_or(0, |depth| depth.parse::<u32>().unwrap())
    };
    for name in SEAMS {
        let depths = commits
            .each_ref()
            .map(|commit| depth(format!("{commit}:{name}")));
        assert_eq!(depths, [0, 1, 2], "{name}");
    }
}
