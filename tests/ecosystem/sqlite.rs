//! Databases that SQLite itself writes, structured like an editor's state: `scan --agents` finds
//! the tokens in them.

use std::fs;

use crate::fake::Fake;
use crate::sandbox::Sandbox;
use crate::tools;

/// Writes the state of an editor: many rows, some of them long; with a log that is not yet in the
/// database.
const SCRIPT: &str = r#"
import json, os, random, sqlite3, sys
path, size, encoding, tokens = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
base = sqlite3.connect(path)
base.execute(f"pragma page_size = {size}")
base.execute(f"pragma encoding = '{encoding}'")
base.execute("pragma journal_mode = wal")
base.execute("pragma wal_autocheckpoint = 0")
base.execute("create table ItemTable (key text unique on conflict replace, value blob)")
random.seed(int(size))
place = iter(tokens)
def rows(count):
    for at in range(count):
        text = "x" * random.randrange(20_000) + json.dumps({"text": next(place)}) + "y" * random.randrange(9_000)
        base.execute("insert into ItemTable values (?, ?)", (f"bubbleId:{at}:{random.random()}", json.dumps(text)))
    base.commit()
rows(20)
base.execute("pragma wal_checkpoint(truncate)")
rows(20)
base.execute("delete from ItemTable where rowid = 1")
base.commit()
os._exit(0)
"#;

#[test]
#[ignore = "runs Python's SQLite; CI asks for it"]
fn tokens_in_databases_of_sqlite_are_found() {
    let python = tools::python("jsonschema", &["jsonschema==4.26.0"]);
    for (size, encoding) in [
        ("512", "UTF-8"),
        ("1024", "UTF-16le"),
        ("4096", "UTF-8"),
        ("65536", "UTF-8"),
    ] {
        let sandbox = Sandbox::new();
        let folder = sandbox
            .path()
            .join("no-home/.cursor-server/data/User/globalStorage");
        fs::create_dir_all(&folder).unwrap();
        sandbox.write("script.py", SCRIPT);
        let tokens: Vec<String> = (1..=40).map(|seed| Fake::new(seed).ntn(0)).collect();
        let script = sandbox.path().join("script.py").display().to_string();
        let state = folder.join("state.vscdb").display().to_string();
        let mut words = vec![script, state, size.to_owned(), encoding.to_owned()];
        words.extend(tokens);
        tools::run(&python, &words);
        assert!(fs::metadata(folder.join("state.vscdb-wal")).unwrap().len() > 0);
        let run = sandbox.run(["scan", "--agents", "--format", "json"]);
        let json = run.json();
        let findings = json["findings"].as_array().unwrap().iter();
        let mut secrets: Vec<_> = findings
            .map(|finding| finding["fingerprint"].to_string())
            .collect();
        secrets.sort();
        secrets.dedup();
        assert_eq!(
            (run.status, secrets.len()),
            (1, 40),
            "pages of {size} bytes, {encoding}"
        );
        assert_eq!(json["complete"], true);
    }
}
