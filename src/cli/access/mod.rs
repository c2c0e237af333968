//! The command `ntnguard access`, which compares what a token may do and reach with the expected
//! access.

mod expectation;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::detect::redact::{Hidden, shown_path};
use crate::error::{Error, Result};
use crate::git::Repository;
use crate::live::access::AccessQuestion;
use crate::live::{Identity, LiveState, Notion};
use crate::model::notion_id::NotionId;
use crate::model::secret::Secret;
use crate::model::source_kind::SourceKind;
use crate::model::variable_name::VariableName;
use crate::report::{AccessFacts, Report};
use crate::run::{AccessSurvey, Job};
use clap::{Args, ValueHint};

use super::ask::{self, ConnectFlags, Values, typed_name};
use super::surface::Surface;
use super::{FailOn, Outcome};
use expectation::ExpectationFile;

pub use expectation::identity_checks;

/// The arguments of `ntnguard access NAME`.
#[derive(Args)]
#[command(mut_arg("timeout", |flag| flag.help("The time limit for each request [default: 15s]")))]
pub struct AccessCommand {
    /// The variable with the token to ask about; `-` is the token on standard input
    #[arg(value_name = "NAME")]
    name: String,
    /// Read variables from FILE first, then from the environment (repeatable; the first file that
    /// sets a variable wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Vec<PathBuf>,
    /// The file with the expected access; by default .ntnguard-access.yaml at the repository's root
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "write",
        value_hint = ValueHint::FilePath
    )]
    expect: Option<PathBuf>,
    /// Write the token's present access into .ntnguard-access.yaml as the expected access; reasons
    /// in the file stay
    #[arg(long)]
    write: bool,
    /// Leave out the titles of pages
    #[arg(long, requires = "write")]
    no_titles: bool,
    /// Count the members of the workspace, without naming them
    #[arg(long)]
    users: bool,
    #[command(flatten)]
    connect: ConnectFlags,
    #[command(flatten)]
    surface: Surface,
}

/// The token to ask Notion about.
struct AskedToken {
    /// The variable; `None` for a token on standard input.
    variable: Option<VariableName>,
    value: Secret,
}

impl AccessCommand {
    /// Asks Notion what a token may do and reach, and compares the answer with the expected access.
    pub fn run(self) -> Outcome {
        let top = Repository::here()?.and_then(|repository| repository.work_tree());
        let root = super::scan::root(top.as_deref());
        let policy = self.surface.settings.policy(Some(root))?;
        let job = self.surface.job(policy, SourceKind::Access)?;
        let token = self.token(&Values::read(&self.env_file)?)?;
        let mut file = ExpectationFile::find(self.expect.as_deref(), self.write)?;
        let mut facts = self.facts(&token, &file)?;
        let mut default = FailOn::Warning;
        if self.write {
            file.write(&token.variable, &mut facts, !self.no_titles)?;
            // The comparison with the written file only warns about reasons that are missing.
            default = FailOn::Error;
        }
        let mut report = judged(&job, &token, facts, &file)?;
        self.surface.finish_by(&mut report, default)
    }

    fn token(&self, values: &Values) -> Result<AskedToken> {
        if self.write && self.name == "-" {
            let message = "--write needs the name of a variable in place of `-`: the name becomes the key of the \
                           token's entry";
            return Err(Error::new(message)
                .help("put the token into a variable, and give the variable's name"));
        }
        let (variable, value) = match self.name.as_str() {
            "-" => (None, ask::from_input(&mut None)?),
            name => (Some(typed_name(name)?), ask::of_variable(values, name)?),
        };
        match ask::named_token_fault(&self.name, &value) {
            Some(fault) => Err(ask::unfit(&self.name, fault)),
            None => Ok(AskedToken { variable, value }),
        }
    }

    /// Asks Notion for the access of a token. In the strings of the answer, the token is masked and
    /// control characters are escaped.
    fn facts(&self, token: &AskedToken, file: &ExpectationFile) -> Result<AccessFacts> {
        let mut notion = self.connect.notion_for_lists()?;
        let checked = SystemTime::now();
        let identity = identity(&mut notion, &token.value, &self.name)?;
        let expected = file.expected(token.variable.as_ref());
        let roots = expected
            .iter()
            .flat_map(|expected| expected.roots.iter().flatten());
        let ids: Vec<NotionId> = roots.map(|root| root.id).collect();
        let access = AccessQuestion {
            notion: &mut notion,
            token: &token.value,
            expected: &ids,
            counts_members: self.users,
        };
        let access = access.ask();
        let hidden = ask::hidden(std::iter::once(&token.value));
        let mut facts = AccessFacts {
            variable: self.name.clone(),
            fingerprint: token.value.fingerprint(),
            identity,
            access,
            expected,
            file: file.name().to_owned(),
            checked,
            requests: notion.requests(),
            host: notion.host().to_owned(),
        };
        facts.texts().for_each(|text| *text = shown(text, &hidden));
        Ok(facts)
    }
}

/// Returns a string of Notion's answer in one line, with the token masked.
fn shown(text: &str, hidden: &Hidden) -> String {
    shown_path(&hidden.mask(text.as_bytes()))
}

/// Asks Notion which bot and workspace a token belongs to.
///
/// # Errors
///
/// When the token is dead, or Notion does not answer.
fn identity(notion: &mut Notion, token: &Secret, name: &str) -> Result<Identity> {
    match notion.me(token).result {
        LiveState::Live(identity) => Ok(identity.unwrap_or_default().without(token)),
        LiveState::Dead => {
            let message = format!("{name} is dead: Notion refuses it, so it gives no access");
            Err(Error::new(message).help("put a token that works into the variable"))
        }
        LiveState::Unknown(reason) => {
            let message =
                format!("nothing is known about {name}, not even if Notion accepts it: {reason}");
            let help = reason.help().unwrap_or("run the command again later");
            Err(Error::new(message).help(help))
        }
    }
}

fn judged(
    job: &Job,
    token: &AskedToken,
    facts: AccessFacts,
    file: &ExpectationFile,
) -> Result<Report> {
    let known = file.known.as_ref().zip(token.variable.as_ref());
    let survey = AccessSurvey {
        facts: &facts,
        file: known,
        today: job.policy.today,
    };
    let mut report = job.survey(&survey, &job.policy)?;
    let taken = SystemTime::now().duration_since(facts.checked);
    report.start = facts.checked;
    report.time = taken.unwrap_or(Duration::ZERO);
    report.access = Some(Box::new(facts));
    Ok(report)
}
