//! The file of expectations, which lists the access that each token should have.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::live::LiveState;
use crate::live::access::LookupResult;
use crate::live::expect;
use crate::live::reach::ReachedRoot;
use crate::model::access::{ExpectedAccess, ExpectedRoot, NO_REASON, Publishing};
use crate::model::notion_id::NotionId;
use crate::model::variable_name::VariableName;
use crate::policy::config::access::{Expectations, FILE_NAME};
use crate::report::{AccessFacts, CheckOutcome, CheckRow, CheckSubject, TokenRow};

use super::super::lock::Lock;
use super::super::{output, settings, target};

/// The file of expectations, and its content.
pub struct ExpectationFile {
    path: PathBuf,
    name: String,
    /// The content; `None` if the file does not exist.
    pub known: Option<Expectations>,
}

impl ExpectationFile {
    /// Returns the file that a flag names or, without the flag, the file at the root of the
    /// repository. Only a file that a flag names must exist. `writes` says if the file is to be
    /// written, too.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not valid, or `writes` is true in a bare repository.
    pub fn find(named: Option<&Path>, writes: bool) -> Result<Self> {
        let ground = settings::ground();
        let (path, name) = match named {
            Some(file) => (file.to_owned(), file.display().to_string()),
            None if writes => {
                let top = settings::top_to_commit(FILE_NAME, "--expect")?;
                (top.join(FILE_NAME), FILE_NAME.to_owned())
            }
            None => (ground.join(FILE_NAME), FILE_NAME.to_owned()),
        };
        let is_there = named.is_some() || path.symlink_metadata().is_ok();
        let known = is_there.then(|| Expectations::load(&path, &ground, &name));
        let known = known.transpose()?;
        Ok(ExpectationFile { path, name, known })
    }

    /// Returns the name of the file for reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the expected access of the token in a variable; `None` if there is no variable, or
    /// the file has no entry for the variable.
    pub fn expected(&self, variable: Option<&VariableName>) -> Option<ExpectedAccess> {
        self.known.as_ref()?.of(variable?)
    }

    /// Writes the present access of a token into the file as the expected access, and updates
    /// `facts.expected`. With `with_titles`, the titles of pages are written, too.
    ///
    /// # Errors
    ///
    /// When a part of the access is unknown, since the next run would report this part as
    /// unexpected, or when the file cannot be written.
    pub fn write(
        &mut self,
        variable: &Option<VariableName>,
        facts: &mut AccessFacts,
        with_titles: bool,
    ) -> Result<()> {
        let Some(variable) = variable else {
            return Ok(());
        };
        if let Some(gap) = facts.access.gaps.first() {
            let message = format!(
                "{} was not written, because a part of the access is unknown: {}",
                self.name, gap.what
            );
            return Err(Error::new(message).help(format!(
                "{}; run the command again when this is solved",
                gap.why
            )));
        }
        target::refuse_device(&self.path)?;
        // Another command that read the file now would write it back without this token.
        let _lock = Lock::take(&self.path)?;
        let before = ExpectationFile::find(None, true)?.known;
        let before = before.unwrap_or_else(|| Expectations::empty(&self.name));
        let access = seen(facts, with_titles)?;
        let text = before.with(variable, &access)?;
        target::write_whole(&self.path, text.as_bytes())?;
        let written = Expectations::parse(&self.name, text)?;
        facts.expected = written.of(variable);
        self.known = Some(written);
        let name = &self.name;
        output::note(&format!(
            "{name}: the access of {variable} is recorded; commit the file\n"
        ));
        Ok(())
    }
}

/// Returns the present access of a token as its expected access, without objects in the trash.
///
/// # Errors
///
/// When Notion's answer does not contain the id of the token's bot.
fn seen(facts: &AccessFacts, with_titles: bool) -> Result<ExpectedAccess> {
    let access = &facts.access;
    let unclear = || {
        Error::new(
            "Notion's answer does not contain the id of the token's bot: nothing was written",
        )
        .help("write the entry yourself: docs/least-privilege.md shows one")
    };
    let bot = NotionId::answered(&facts.identity.bot).ok_or_else(unclear)?;
    let workspace = facts.identity.workspace.as_deref();
    let before: Vec<ExpectedRoot> = match &facts.expected {
        Some(expected) => expected.roots.clone().unwrap_or_default(),
        None => Vec::new(),
    };
    let root = |root: &ReachedRoot| ExpectedRoot {
        // The file may list a database by the id of its data source: keep this id.
        id: before
            .iter()
            .find(|known| access.reach.means(known.id, root.id))
            .map_or(root.id, |known| known.id),
        title: Some(root.title.clone()).filter(|title| with_titles && !title.is_empty()),
        reason: NO_REASON.to_owned(),
        expires: None,
    };
    let roots = access.roots.as_ref().map(|roots| {
        let listed = roots.iter().filter(|one| !one.is_trashed).map(root);
        let is_there =
            |known: &&ExpectedRoot| access.looked_up.contains(&(known.id, LookupResult::Shared));
        listed
            .chain(before.iter().filter(is_there).cloned())
            .collect()
    });
    Ok(ExpectedAccess {
        workspace: workspace.and_then(NotionId::answered),
        bot,
        kind: facts.identity.kind,
        capabilities: access.capabilities.has.clone(),
        users: access.users.unwrap_or_default(),
        roots,
        published: Publishing::default(),
    })
}

/// Compares the bots and workspaces of live tokens with the expected bots and workspaces. Returns a
/// row for each token that differs.
///
/// # Errors
///
/// When the file at the root of the repository is not valid.
pub fn identity_checks(rows: &[TokenRow]) -> Result<Vec<CheckRow>> {
    let file = ExpectationFile::find(None, false)?;
    let other = |row: &TokenRow| {
        let LiveState::Live(Some(identity)) = &row.verified.result else {
            return None;
        };
        let variable: VariableName = row.variable.parse().ok()?;
        let expected = file.expected(Some(&variable))?;
        let drift = expect::of_identity(identity, &expected)?;
        let (name, rule) = (&file.name, drift.rule.id);
        Some(CheckRow {
            variable: row.variable.clone(),
            subject: CheckSubject::Variable,
            outcome: CheckOutcome::NotAsExpected,
            message: format!(
                "is not the token that {name} expects: {}",
                lower(&drift.note)
            ),
            help: Some(format!("`ntnguard rules {rule}` says what to do")),
        })
    };
    Ok(rows.iter().filter_map(other).collect())
}

/// Returns a sentence with its first letter in lower case, to follow a colon.
fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
