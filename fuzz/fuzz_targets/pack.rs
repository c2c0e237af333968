//! Any pack: whatever is not told to be damaged was gone through, and it ends.
#![no_main]

#[path = "../../tests/it/history/any_pack.rs"]
mod any_pack;
#[path = "../../tests/it/history/packs.rs"]
mod packs;

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;

use any_pack::Input;

fuzz_target!(|input: (Vec<Input>, Vec<(u8, u64)>)| {
    let made = any_pack::pack(input.0, input.1);
    FOLDER.with(|folder| _ = any_pack::check(folder, &made));
});

thread_local! {
    /// A repository without objects, for as long as the process runs.
    static FOLDER: PathBuf = {
        let folder = tempfile::tempdir().expect("a folder").keep();
        any_pack::repository(&folder);
        folder
    };
}
