//! Files that programs write: bytecode, databases, serialised values, documents. In each of them
//! the whole token must be found. Each file is written by its own tool; if a tool is missing, the
//! test reports that it leaves out the tool's files.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Command;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};
use crate::tools;
use ntnguard::model::secret::Secret;

/// One token of each form, in the order in which the programs below write them.
fn tokens(seed: u64) -> Vec<String> {
    let mut fake = Fake::new(seed);
    let secret = fake.secret();
    vec![fake.ntn(0), fake.ntn(3), secret]
}

/// Panics unless each file below the sandbox holds what is expected of it: the tokens at these
/// places.
fn check(sandbox: &Sandbox, tokens: &[String], expected: &[(&str, &[usize])]) {
    let mut scan = sandbox.ntnguard();
    scan.args(["scan", "--no-config", "--format", "json", "."]);
    let report = Run::of(scan.output().unwrap()).json();
    let print = |token: &String| {
        Secret::new(token.clone().into_bytes(), 0)
            .fingerprint()
            .to_string()
    };
    for (file, places) in expected {
        assert!(sandbox.path().join(file).exists(), "{file} was made");
        let findings = report["findings"].as_array().unwrap().iter();
        let here = findings.filter(|finding| {
            finding["path"]
                .as_str()
                .is_some_and(|path| path.trim_start_matches("./") == *file)
        });
        let found: BTreeSet<_> = here
            .map(|finding| finding["fingerprint"].as_str().unwrap().to_owned())
            .collect();
        let wanted: BTreeSet<_> = places.iter().map(|place| print(&tokens[*place])).collect();
        assert_eq!(found, wanted, "{file}");
    }
}

/// Whether a program is there; if it is not, says what is left out.
fn has(program: &str, for_what: &str) -> bool {
    let is_there = Command::new(program).arg("--help").output().is_ok()
        || Command::new(program).arg("version").output().is_ok();
    if !is_there {
        let _ = writeln!(
            std::io::stderr(),
            "left out: {for_what}, for {program} is not installed"
        );
    }
    is_there
}

/// Runs a program in the sandbox with the tokens as its arguments, which must succeed.
fn run(
    sandbox: &Sandbox,
    program: impl AsRef<std::ffi::OsStr>,
    arguments: &[&str],
    tokens: &[String],
) {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(tokens)
        .current_dir(sandbox.path());
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

const ALL: &[usize] = &[0, 1, 2];
/// What has nothing between its strings tells no more than the structure of a token does.
const STRUCTURED: &[usize] = &[0, 1];

/// Bytecode, pickles of each protocol, property lists, marshalled values, databases: by Python
/// alone.
const PYTHON: &str = r#"
import marshal, pickle, plistlib, py_compile, shelve, sqlite3, struct, sys, tarfile, zipfile, io
tokens = sys.argv[1:]
text = ''.join(f'KEY{at} = {token!r}\nURL{at} = "https://api.notion.com/v1/pages"\n' for at, token in enumerate(tokens))
open('module.py', 'w').write(text)
py_compile.compile('module.py', cfile='module.pyc')
import os; os.remove('module.py')
value = {'notion': list(tokens), 'names': {f'k{at}': token for at, token in enumerate(tokens)}, 'url': 'https://api.notion.com'}
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    open(f'value{protocol}.pickle', 'wb').write(pickle.dumps(value, protocol))
open('value.marshal', 'wb').write(marshal.dumps(value))
open('value.plist', 'wb').write(plistlib.dumps(value, fmt=plistlib.FMT_BINARY))
open('value.xml', 'wb').write(plistlib.dumps(value, fmt=plistlib.FMT_XML))
base = sqlite3.connect('rows.sqlite')
base.execute('create table notion (token text)')
base.execute('create table wide (name text, token text, url text, number integer)')
base.executemany('insert into notion values (?)', [(token,) for token in tokens])
base.executemany('insert into wide values (?, ?, ?, ?)', [(f'NotionToken{at}', token, 'https://api.notion.com', at) for at, token in enumerate(tokens)])
base.commit(); base.close()
base = sqlite3.connect('glued.sqlite')
base.execute('create table wide (name text, token text, url text)')
base.executemany('insert into wide values (?, ?, ?)', [(f'NotionToken', token, 'https://api.notion.com') for at, token in enumerate(tokens)])
base.commit(); base.close()
inner = io.BytesIO()
with zipfile.ZipFile(inner, 'w', zipfile.ZIP_DEFLATED) as wheel:
    wheel.write('module.pyc', 'pkg/module.pyc')
open('pkg-1-py3-none-any.whl', 'wb').write(inner.getvalue())
with zipfile.ZipFile('outer.zip', 'w', zipfile.ZIP_DEFLATED) as outer:
    outer.writestr('lib/pkg.whl', inner.getvalue())
layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode='w') as tar:
    tar.add('module.pyc', 'usr/lib/app/module.pyc')
with tarfile.open('image.tar', 'w') as image:
    info = tarfile.TarInfo('0123/layer.tar'); info.size = len(layer.getvalue())
    image.addfile(info, io.BytesIO(layer.getvalue()))
"#;

#[test]
#[ignore = "needs Python"]
fn tokens_in_files_of_python_are_found() {
    let (sandbox, tokens) = (Sandbox::new(), tokens(1));
    run(&sandbox, "python3", &["-c", PYTHON], &tokens);
    let whole = [
        "module.pyc",
        "value0.pickle",
        "value1.pickle",
        "value2.pickle",
        "value3.pickle",
        "value4.pickle",
        "value5.pickle",
        "value.marshal",
        "value.plist",
        "value.xml",
        "rows.sqlite",
        "pkg-1-py3-none-any.whl",
        "outer.zip",
        "image.tar",
    ];
    let mut expected: Vec<_> = whole.iter().map(|file| (*file, ALL)).collect();
    expected.push(("glued.sqlite", STRUCTURED));
    check(&sandbox, &tokens, &expected);
}

/// MessagePack, CBOR, BSON, Avro, protobuf, Lua's bytecode, Ruby's marshalled values, documents: by
/// packages of Python.
const PACKAGES: &[&str] = &[
    "msgpack==1.2.4",
    "cbor2==6.3.0",
    "bson==0.5.10",
    "fastavro==1.13.1",
    "protobuf==7.36.2",
    "lupa==2.8",
    "openpyxl==3.1.5",
    "python-docx==1.2.0",
    "python-pptx==1.0.2",
];

const PACKED: &str = r#"
import sys, msgpack, cbor2, bson, fastavro, lupa.lua54, lupa.lua51, docx, openpyxl, pptx
from google.protobuf import struct_pb2
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
tokens = sys.argv[1:]
value = {'notion': list(tokens), 'names': {f'k{at}': token for at, token in enumerate(tokens)}, 'url': 'https://api.notion.com'}
open('value.msgpack', 'wb').write(msgpack.packb(value))
open('value.cbor', 'wb').write(cbor2.dumps(value))
open('value.bson', 'wb').write(bson.dumps(value))
schema = {'type': 'record', 'name': 'notion', 'fields': [{'name': 'token', 'type': 'string'}, {'name': 'url', 'type': 'string'}]}
fastavro.writer(open('value.avro', 'wb'), schema, [{'token': token, 'url': 'https://api.notion.com'} for token in tokens])
message = struct_pb2.Struct(); message.update(value)
open('value.pb', 'wb').write(message.SerializeToString())
source = ''.join(f'local t{at} = {token!r} local u{at} = "https://api.notion.com"\n' for at, token in enumerate(tokens)) + 'print(t0)'
for name, lua in (('54', lupa.lua54), ('51', lupa.lua51)):
    runtime = lua.LuaRuntime(encoding=None)
    dumped = runtime.eval(b'function(s) return string.dump((loadstring or load)(s)) end')(source.encode())
    open(f'chunk{name}.luac', 'wb').write(dumped)
document = docx.Document()
for token in tokens:
    paragraph = document.add_paragraph('notion key: ')
    for at in range(0, len(token), 17):
        paragraph.add_run(token[at:at + 17]).bold = at % 2 == 0
document.save('runs.docx')
slides = pptx.Presentation()
for token in tokens:
    frame = slides.slides.add_slide(slides.slide_layouts[1]).placeholders[1].text_frame
    paragraph = frame.paragraphs[0]
    for at in range(0, len(token), 19):
        run = paragraph.add_run(); run.text = token[at:at + 19]; run.font.bold = at % 2 == 0
slides.save('runs.pptx')
book = openpyxl.Workbook()
for at, token in enumerate(tokens):
    book.active[f'A{at + 1}'] = 'notion'
    book.active[f'B{at + 1}'] = CellRichText(TextBlock(InlineFont(b=True), token[:21]), TextBlock(InlineFont(i=True), token[21:]))
book.save('runs.xlsx')
"#;

#[test]
#[ignore = "installs packages"]
fn tokens_in_files_of_python_packages_are_found() {
    let python = tools::python("compiled", PACKAGES);
    let (sandbox, tokens) = (Sandbox::new(), tokens(2));
    run(&sandbox, python, &["-c", PACKED], &tokens);
    let whole = [
        "value.msgpack",
        "value.cbor",
        "value.bson",
        "value.avro",
        "value.pb",
        "chunk54.luac",
        "chunk51.luac",
        "runs.docx",
        "runs.pptx",
        "runs.xlsx",
    ];
    let expected: Vec<_> = whole.iter().map(|file| (*file, ALL)).collect();
    check(&sandbox, &tokens, &expected);
}

/// Classes, in a jar too, and serialised objects.
#[test]
#[ignore = "needs a JDK"]
fn tokens_in_files_of_java_are_found() {
    if !has("javac", "classes, jars and serialised objects of Java") {
        return;
    }
    let (sandbox, tokens) = (Sandbox::new(), tokens(3));
    let fields: String = tokens.iter().enumerate().map(|(at, token)| format!("static final String KEY{at} = \"{token}\"; static String url{at}() {{ return \"https://api.notion.com/\" + {at}; }}\n")).collect();
    let main = "public static void main(String[] keys) throws Exception {\n\
        var out = new java.io.ObjectOutputStream(new java.io.FileOutputStream(\"value.ser\"));\n\
        out.writeObject(new java.util.ArrayList<>(java.util.List.of(keys))); out.writeUTF(\"https://api.notion.com\"); out.close(); }\n";
    sandbox.write(
        "NotionConfig.java",
        format!("public class NotionConfig {{\n{fields}{main}}}\n"),
    );
    run(&sandbox, "javac", &["NotionConfig.java"], &[]);
    run(&sandbox, "java", &["NotionConfig"], &tokens);
    run(
        &sandbox,
        "jar",
        &["cf", "app.jar", "NotionConfig.class"],
        &[],
    );
    fs::remove_file(sandbox.path().join("NotionConfig.java")).unwrap();
    check(
        &sandbox,
        &tokens,
        &[
            ("NotionConfig.class", ALL),
            ("value.ser", ALL),
            ("app.jar", ALL),
        ],
    );
}

/// A database that the command-line tool makes: its tables, its index, its free pages.
#[test]
#[ignore = "needs sqlite3"]
fn tokens_in_a_database_of_sqlite_are_found() {
    if !has("sqlite3", "a database of SQLite's own tool") {
        return;
    }
    let (sandbox, tokens) = (Sandbox::new(), tokens(4));
    let rows: String = tokens
        .iter()
        .map(|token| format!("insert into notion (token) values ('{token}');"))
        .collect();
    let script = format!(
        "create table notion (id integer primary key, token text); create index i on notion (token);{rows}"
    );
    run(&sandbox, "sqlite3", &["notion.db", &script], &[]);
    check(&sandbox, &tokens, &[("notion.db", ALL)]);
}

/// A program of Go's, whose strings lie side by side in the order of their lengths.
#[test]
#[ignore = "needs Go"]
fn tokens_in_a_go_program_are_found() {
    if !has("go", "a program of Go's") {
        return;
    }
    let (sandbox, tokens) = (Sandbox::new(), tokens(5));
    let lines: String = tokens
        .iter()
        .map(|token| format!("\tfmt.Println(\"{token}\")\n"))
        .collect();
    sandbox.write(
        "main.go",
        format!("package main\n\nimport \"fmt\"\n\nfunc main() {{\n{lines}}}\n"),
    );
    let mut go = Command::new("go");
    go.args(["build", "-trimpath", "-o", "app", "main.go"])
        .current_dir(sandbox.path());
    let home = sandbox.path().join("home");
    go.env("GOCACHE", home.join("cache"))
        .env("GOPATH", home.join("path"))
        .env("GOFLAGS", "-mod=mod")
        .env("GO111MODULE", "off")
        .env("CGO_ENABLED", "0");
    let output = go.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::remove_file(sandbox.path().join("main.go")).unwrap();
    fs::remove_dir_all(&home).unwrap();
    check(&sandbox, &tokens, &[("app", STRUCTURED)]);
}

/// WebAssembly: data beside data, and the names of exports.
#[test]
#[ignore = "installs packages"]
fn tokens_in_webassembly_are_found() {
    let programs = tools::npm_programs("wabt", &["wabt@1.0.39"]);
    let (sandbox, tokens) = (Sandbox::new(), tokens(6));
    let data: String = tokens
        .iter()
        .enumerate()
        .map(|(at, token)| format!("(data (i32.const {}) \"{token}\")\n", at * 64))
        .collect();
    sandbox.write(
        "data.wat",
        format!("(module (memory 1) {data} (func (export \"notion\")))"),
    );
    let tool = programs.join("wat2wasm");
    run(
        &sandbox,
        "node",
        &[tool.to_str().unwrap(), "data.wat", "-o", "data.wasm"],
        &[],
    );
    fs::remove_file(sandbox.path().join("data.wat")).unwrap();
    check(&sandbox, &tokens, &[("data.wasm", ALL)]);
}

/// Values as Ruby and Erlang keep them.
#[test]
#[ignore = "needs Ruby and Erlang"]
fn tokens_in_files_of_ruby_and_erlang_are_found() {
    let (sandbox, tokens) = (Sandbox::new(), tokens(7));
    let mut expected: Vec<(&str, &[usize])> = Vec::new();
    if has("ruby", "values as Ruby marshals them") {
        let script = "File.binwrite('value.rb.bin', Marshal.dump({ 'notion' => ARGV, 'url' => 'https://api.notion.com' }))";
        run(&sandbox, "ruby", &["-e", script], &tokens);
        expected.push(("value.rb.bin", ALL));
    }
    if has("erl", "terms of Erlang's") {
        let script = "Keys = init:get_plain_arguments(), Binaries = [list_to_binary(Key) || Key <- Keys], \
            ok = file:write_file(\"value.etf\", term_to_binary(#{notion => Binaries, lists => Keys, url => <<\"https://api.notion.com\">>})), halt().";
        run(
            &sandbox,
            "erl",
            &["-noshell", "-eval", script, "-extra"],
            &tokens,
        );
        expected.push(("value.etf", ALL));
    }
    check(&sandbox, &tokens, &expected);
}
