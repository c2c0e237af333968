//! The formula of Homebrew, run by Ruby with a stand-in for Homebrew's methods. Homebrew itself is
//! not tested.

use std::fs;

use super::{VERSION, plain, release, succeeds};
use crate::sandbox::Sandbox;
use crate::tools;

/// Prints what the formula says for a system and a processor.
const STAND_IN: &str = r##"
class Formula
  WORDS = %i[desc homepage version license url sha256]
  SYSTEM, PROCESSOR = ARGV[1].split
  class << self
    WORDS.each { |word| define_method(word) { |value = nil, **named| puts "#{word} #{value || named}" } }
    %i[macos linux].each { |name| define_method("on_#{name}") { |&block| block.call if SYSTEM == name.to_s } }
    %i[intel arm].each { |name| define_method("on_#{name}") { |&block| block.call if PROCESSOR == name.to_s } }
    def test; end
  end
  Place = Struct.new(:name) { def install(file) = puts("#{name} #{file}") }
  %i[bin man1 bash_completion zsh_completion fish_completion].each { |name| define_method(name) { Place.new(name) } }
end
load ARGV[0]
Ntnguard.new.install
"##;

#[test]
#[ignore = "installs Ruby, and packs a release"]
fn each_machine_gets_its_archive() {
    let ruby = tools::debian("ruby", "ruby");
    let sandbox = Sandbox::new();
    sandbox.write("stand-in.rb", STAND_IN);
    // A release with all archives.
    let table =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/targets")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let targets: Vec<_> = rows
        .map(|row| row.split(' ').next().unwrap().to_owned())
        .collect();
    let sums: String = targets
        .iter()
        .enumerate()
        .map(|(at, target)| {
            format!(
                "{}  ntnguard-{VERSION}-{target}.tar.gz\n",
                at.to_string().repeat(64)
            )
        })
        .collect();
    sandbox.write("SHA256SUMS", sums);
    let packaging = release().with_file_name("repository").join("packaging");
    let formula = succeeds(plain(packaging.join("formula")).arg(sandbox.path().join("SHA256SUMS")));
    sandbox.write("ntnguard.rb", formula);
    for (at, machine) in ["linux intel", "linux arm", "macos intel", "macos arm"]
        .iter()
        .enumerate()
    {
        let mut stand_in = plain(&ruby);
        let files = ["stand-in.rb", "ntnguard.rb"].map(|name| sandbox.path().join(name));
        let said = succeeds(stand_in.args(files).arg(machine));
        let address = concat!(
            env!("CARGO_PKG_REPOSITORY"),
            "/releases/download/v",
            env!("CARGO_PKG_VERSION")
        );
        for line in [
            format!("url {address}/ntnguard-{VERSION}-{}.tar.gz", targets[at]),
            format!("sha256 {}", at.to_string().repeat(64)),
            format!("version {VERSION}"),
            "bin ntnguard".to_owned(),
            "man1 man/ntnguard.1".to_owned(),
        ] {
            assert!(
                said.lines().any(|own| own == line),
                "{machine}: {line}\n{said}"
            );
        }
    }
}

/// The formula installs files that the archive has.
#[test]
#[ignore = "packs a release"]
fn the_formula_names_files_of_the_archive() {
    let formula = fs::read_to_string(release().join("homebrew/ntnguard.rb")).unwrap();
    let listed = succeeds(
        plain("tar")
            .arg("-tzf")
            .arg(super::artefact("archives", ".gz")),
    );
    let mut seen = 0;
    for line in formula.lines().filter(|line| line.contains(".install \"")) {
        let file = line.split('"').nth(1).unwrap();
        assert!(
            listed.lines().any(|own| own.ends_with(&format!("/{file}"))),
            "{file}: {listed}"
        );
        seen += 1;
    }
    assert_eq!(seen, 5);
}
