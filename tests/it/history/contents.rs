//! Tokens in files of the main branch.

use super::planted::Planted;
use crate::make::{base64, gzip, zip};

/// What became of files: deleted, replaced, renamed, made into something else.
pub fn changes(planted: &mut Planted) {
    let names = ["deleted", "replaced", "type change", "renamed", "kept"];
    let [deleted, replaced, retyped, renamed, kept] = names.map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    let lines: String = (0..40).map(|line| format!("line {line}\n")).collect();
    sandbox.write("deleted.txt", &deleted.token).write("replaced.txt", &replaced.token).write("kept.txt", &kept.token);
    sandbox.write("type", &retyped.token).write("dir/old.txt", format!("{lines}{}\n", renamed.token));
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

/// What a token is written in, and names.
pub fn forms(planted: &mut Planted) {
    let names =
        ["binary", "utf-16", "base64", "gzip", "zip", "symlink", "file name", "folder name", "empty file's name"];
    let places = names.map(|name| planted.place(name));
    let tokens = places.each_ref().map(|place| place.token.clone());
    let sandbox = &planted.sandbox;
    let binary = [&[0, 1, 2, 0xff, 0][..], tokens[0].as_bytes(), &[0, 0xfe, 7]].concat();
    let wide: Vec<u8> = format!("x = '{}'", tokens[1]).encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.write("binary", binary).write("utf-16", wide);
    sandbox.write("base64", base64(format!("token: {}\n", tokens[2]).as_bytes()));
    sandbox.write("gzip", gzip(format!("token: {}\n", tokens[3]).as_bytes()));
    sandbox.write("zip", zip("in/side.txt", format!("token: {}\n", tokens[4]).as_bytes()));
    std::os::unix::fs::symlink(&tokens[5], sandbox.path().join("link")).unwrap();
    let (file, folder, empty) =
        (format!("{}.txt", tokens[6]), format!("{}/file", tokens[7]), format!("e/{}", tokens[8]));
    sandbox.write(&file, "x").write(&folder, "x").write(&empty, "");
    let added = sandbox.commit_all("forms");
    let paths = ["binary", "utf-16", "base64", "gzip", "zip", "link", &file, &tokens[7], &empty];
    for (at, (place, path)) in places.into_iter().zip(paths).enumerate() {
        let place = if at < 6 { place } else { place.part("path-name") };
        planted.expect(place.path(path).since(&added));
    }
}

/// Tokens that a delta completes: an insertion within the anchor; one behind its first letter, in a delta of a delta; a
/// seam of two copies, where something between was deleted.
pub fn seams(planted: &mut Planted) -> [String; 3] {
    let [inserted, again, joined] =
        ["seam", "seam of a delta's delta", "seam of two copies"].map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    let mut fake = crate::fake::Fake::new(77);
    let lines: Vec<String> = (0..400).map(|_| fake.of(b"abcdefghij klm", 40) + "\n").collect();
    let text = |count: usize, middle: [&str; 3]| {
        format!(
            "{}x {}\n{}y {}\n{}z {}\n{}",
            lines[..50].concat(),
            middle[0],
            lines[50..100].concat(),
            middle[1],
            lines[100..150].concat(),
            middle[2],
            lines[150..count].concat()
        )
    };
    let gap = format!("{}{}{}", &joined.token[..2], fake.of(b"pqr", 30), &joined.token[2..]);
    let contents = [
        text(400, [&inserted.token[..2], &again.token[..1], &gap]),
        text(390, [&inserted.token, &again.token[..1], &gap]),
        text(380, [&inserted.token, &again.token, &joined.token]),
    ];
    let commits = contents.map(|content| {
        sandbox.write("seams.txt", content);
        sandbox.commit_all("seams")
    });
    planted.expect(inserted.path("seams.txt").since(&commits[1]));
    planted.expect(again.path("seams.txt").since(&commits[2]));
    planted.expect(joined.path("seams.txt").since(&commits[2]));
    commits
}

/// Asserts that git has packed these versions of the file with seams as deltas of each other.
pub fn assert_deltas(planted: &Planted, commits: &[String; 3]) {
    let packs = std::fs::read_dir(planted.sandbox.path().join(".git/objects/pack")).unwrap();
    let paths = packs.map(|entry| entry.unwrap().path().to_string_lossy().into_owned());
    let listed: String = paths
        .filter(|path| path.ends_with(".idx"))
        .map(|index| planted.sandbox.git(["verify-pack", "-v", &index]))
        .collect();
    let depth = |commit: &String| {
        let id = planted.sandbox.id(&format!("{commit}:seams.txt"));
        let line = listed.lines().find(|line| line.starts_with(&id)).unwrap();
        line.split_whitespace().nth(5).map_or(0, |depth| depth.parse().unwrap())
    };
    assert_eq!(commits.each_ref().map(depth), [0, 1, 2]);
}
