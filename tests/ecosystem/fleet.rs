//! The files of packaging/fleet: linters, schemas, and a real engine, Slurm of Debian's packages.
//!
//! Slurm runs only on this machine, as the user who runs the test. The test stops everything that
//! it starts.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::action::lint::{actionlint, zizmor};
use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};
use crate::tools;

fn packaged(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packaging/fleet")
        .join(name)
}

#[test]
#[ignore = "installs zizmor and actionlint"]
fn the_workflow_passes_its_linters() {
    let workflow = packaged("github.yml");
    actionlint(&workflow).unwrap();
    zizmor("auditor", &workflow).unwrap();
}

#[test]
#[ignore = "installs Kubernetes' schemas"]
fn the_job_is_valid_under_kubernetes_schema() {
    let python = tools::python("kubernetes-validate", &["kubernetes-validate==1.37.0"]);
    let validate = python.with_file_name("kubernetes-validate");
    tools::run(
        validate,
        [Path::new("--strict"), &packaged("kubernetes.yml")],
    );
}

#[test]
#[ignore = "installs shellcheck"]
fn the_script_is_plain_shell() {
    tools::run(
        tools::debian("shellcheck", "shellcheck"),
        [Path::new("--shell=sh"), &packaged("scan-one")],
    );
    tools::run("sh", [Path::new("-n"), &packaged("scan-one")]);
}

#[test]
#[ignore = "installs check-jsonschema, which has GitLab's schema"]
fn the_pipeline_is_valid_under_gitlabs_schema() {
    let python = tools::python("check-jsonschema", &["check-jsonschema==0.39.0"]);
    let check = python.with_file_name("check-jsonschema");
    let schema = ["--builtin-schema", "vendor.gitlab-ci"];
    let own = packaged("gitlab.yml");
    tools::run(
        &check,
        schema.map(Path::new).into_iter().chain([own.as_path()]),
    );
    // The schema knows the words: another one in their place is an error.
    let wrong = fs::read_to_string(&own).unwrap();
    let wrong = wrong.replace("when: always", "when: sometimes");
    let file = tools::folder().join("wrong.yml");
    fs::write(&file, wrong).unwrap();
    let output = Command::new(check)
        .args(schema)
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
#[ignore = "beside the linters"]
fn the_pipeline_has_the_keys_that_its_jobs_need() {
    let text = fs::read_to_string(packaged("gitlab.yml")).unwrap();
    let pipeline: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    assert_eq!(pipeline["scan"]["parallel"].as_u64(), Some(8));
    assert_eq!(pipeline["report"]["when"].as_str(), Some("always"));
}

/// Runs `scan-one` on an address.
fn scan_one(sandbox: &Sandbox, address: &str) -> Run {
    let mut command = sandbox.command("sh");
    command
        .arg(packaged("scan-one"))
        .arg(address)
        .arg("reports");
    command.env("NTNGUARD", env!("CARGO_BIN_EXE_ntnguard"));
    Run::of(command.output().unwrap())
}

fn reports(sandbox: &Sandbox) -> Vec<PathBuf> {
    let files = fs::read_dir(sandbox.path().join("reports"))
        .into_iter()
        .flatten();
    let files = files.map(|file| file.unwrap().path());
    files
        .filter(|file| file.extension().is_some_and(|ending| ending == "json"))
        .collect()
}

#[test]
#[ignore = "beside the others"]
fn an_unchanged_repository_is_not_scanned_again() {
    let (sandbox, repository) = (Sandbox::new(), Sandbox::repository());
    repository
        .write("a.ts", format!("'{}'", Fake::new(1).ntn(0)))
        .commit_all("a");
    let address = format!("file://user:key@{}/.git", repository.path().display());
    assert_eq!(scan_one(&sandbox, "file:///nowhere").status, 2);
    assert!(reports(&sandbox).is_empty());
    // git takes no credentials in the address of a file: those of a host are in the unit tests.
    let address = address.replace("user:key@", "");
    let first = scan_one(&sandbox, &address);
    assert_eq!(
        (first.status, first.stdout.as_str()),
        (0, ""),
        "{}",
        first.stderr
    );
    let report = reports(&sandbox).remove(0);
    let before = fs::metadata(&report).unwrap().modified().unwrap();
    assert_eq!(scan_one(&sandbox, &address).status, 0);
    assert_eq!(
        fs::metadata(&report).unwrap().modified().unwrap(),
        before,
        "not again"
    );
    repository
        .write("b.ts", format!("'{}'", Fake::new(2).ntn(0)))
        .commit_all("b");
    assert_eq!(scan_one(&sandbox, &address).status, 0);
    let json: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(
        (json["findings"].as_array().unwrap().len(), &json["command"]),
        (2, &"history".into())
    );
    // A repository that is gone has no report, not an old one.
    drop(repository);
    assert_eq!(scan_one(&sandbox, &address).status, 2);
    assert!(reports(&sandbox).is_empty());
}

#[test]
#[ignore = "beside the others"]
fn an_earlier_report_is_reused_while_it_is_valid() {
    let (sandbox, repository) = (Sandbox::new(), Sandbox::repository());
    repository.write("a.ts", "x").commit_all("a");
    let address = format!("file://{}/.git", repository.path().display());
    assert_eq!(scan_one(&sandbox, &address).status, 0);
    let run = || {
        fs::rename(
            sandbox.path().join("reports"),
            sandbox.path().join("before"),
        )
        .unwrap();
        let mut command = sandbox.command("sh");
        command.arg(packaged("scan-one"));
        command.args([address.as_str(), "reports", "before"]);
        command.env("NTNGUARD", env!("CARGO_BIN_EXE_ntnguard"));
        let run = Run::of(command.output().unwrap());
        let text = fs::read_to_string(reports(&sandbox).remove(0)).unwrap();
        fs::remove_dir_all(sandbox.path().join("before")).unwrap();
        (run.status, text)
    };
    let text = fs::read_to_string(reports(&sandbox).remove(0)).unwrap();
    assert_eq!(run(), (0, text.clone()));
    repository.write("b.ts", "x").commit_all("b");
    let (status, newer) = run();
    assert!(status == 0 && newer != text);
}

#[test]
#[ignore = "beside the others"]
fn no_link_is_followed_and_no_credential_printed() {
    let (sandbox, repository) = (Sandbox::new(), Sandbox::repository());
    repository.write("a.ts", "x").commit_all("a");
    let address = format!("file://{}/.git", repository.path().display());
    assert_eq!(scan_one(&sandbox, &address).status, 0);
    let report = reports(&sandbox).remove(0);
    sandbox.write("victim", "mine");
    for file in [report.clone(), report.with_extension("refs")] {
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("../victim", &file).unwrap();
    }
    assert_eq!(scan_one(&sandbox, &address).status, 0);
    assert_eq!(
        fs::read_to_string(sandbox.path().join("victim")).unwrap(),
        "mine"
    );
    assert!(fs::symlink_metadata(&report).unwrap().is_file());
    for address in [
        "https://user:a/PASS@127.0.0.1:1/a/b",
        "https://127.0.0.1:1/a/b?private_token=PASS",
        "https://127.0.0.1:1/a/b#PASS",
        " https://user:PASS@127.0.0.1:1/a",
        "https://user:PASS@127.0.0.1:1/a?PASS",
    ] {
        let run = scan_one(&sandbox, address);
        let said = run.stdout + &run.stderr;
        assert!(run.status == 2 && said.contains("127.0.0.1"), "{said}");
        assert!(!said.contains("PASS"), "{said}");
    }
}

/// The number of repositories, and of jobs.
const REPOSITORIES: u64 = 200;
const JOBS: usize = 8;

/// Makes repositories, every fourth of which holds one of fifty tokens; the list of their addresses.
fn generate(sandbox: &Sandbox) -> Vec<String> {
    let mut list = Vec::new();
    for at in 0..REPOSITORIES {
        let folder = format!("git/team{}/project{at}", at % 7);
        sandbox.git(["init", "-q", "-b", "main", folder.as_str()]);
        sandbox.write(format!("{folder}/README.md"), format!("# Project {at}\n"));
        if let Some(seed) = leak(at) {
            let text = format!("const token = '{}'\n", Fake::new(seed).ntn(0));
            sandbox.write(format!("{folder}/src/client.ts"), text);
        }
        sandbox.git(["-C", folder.as_str(), "add", "-A"]);
        sandbox.git(["-C", folder.as_str(), "commit", "-q", "-m", "start"]);
        list.push(format!("file://{}/{folder}/.git", sandbox.path().display()));
    }
    list
}

/// The token that a repository holds.
fn leak(repository: u64) -> Option<u64> {
    repository
        .is_multiple_of(4)
        .then(|| 1 + repository / 4 % 25)
}

/// Daemons, which end with the test, and before them the jobs that they run.
struct Daemons {
    folder: PathBuf,
    running: Vec<Child>,
}

impl Drop for Daemons {
    fn drop(&mut self) {
        let start = Instant::now();
        for state in ["--state=PENDING", "--state=RUNNING"] {
            let _ = ask(&self.folder, "scancel", &[state]);
        }
        while !jobs(&self.folder).is_empty() && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(200));
        }
        for daemon in self.running.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// The processes that were started with a file of `folder`, or stand in it: Slurm's daemons, and
/// the scripts of its jobs.
fn jobs(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let line = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        let stands = fs::read_link(entry.path().join("cwd"));
        let is_daemon = ["munged", "slurmctld", "slurmd"]
            .iter()
            .any(|name| read("comm").starts_with(name.as_bytes()));
        let is_ours = stands.is_ok_and(|stands| stands.starts_with(folder))
            || line.contains(&*folder.to_string_lossy());
        if is_ours && !is_daemon && !line.is_empty() {
            found.push(line);
        }
    }
    found
}

impl Daemons {
    fn start(&mut self, program: &str, arguments: &[&str], log: &Path) {
        let log = fs::File::create(log).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.running
            .push(child.unwrap_or_else(|error| panic!("{program} cannot be run: {error}")));
    }
}

/// Waits until `is` is true.
fn wait(what: &str, folder: &Path, mut is: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is() {
        if start.elapsed() > Duration::from_secs(600) {
            let log = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
            panic!(
                "{what}:\n{}\n{}\n{}",
                log("slurmctld.out"),
                log("slurmd.out"),
                log("munged.out")
            );
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Starts Slurm on this machine alone, with all of its files in `folder`.
fn slurm(folder: &Path) -> Daemons {
    let path = |name: &str| folder.join(name).display().to_string();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let host = host.trim().split('.').next().unwrap().to_owned();
    fs::create_dir_all(folder.join("state")).unwrap();
    fs::create_dir_all(folder.join("spool")).unwrap();
    let socket = path("munge.socket");
    let user = tools::run("id", ["-un"]).stdout;
    let user = String::from_utf8(user).unwrap();
    let user = user.trim();
    let mut key = [0; 1024];
    let mut random = fs::File::open("/dev/urandom").unwrap();
    random.read_exact(&mut key).unwrap();
    fs::write(folder.join("munge.key"), key).unwrap();
    tools::run("chmod", ["-R", "go-rwx", &path("munge.key")]);
    // Both are held until both are known.
    let free = [0; 2].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = free.map(|port| port.local_addr().unwrap().port());
    // Credentials that expire soon: a job that is run again waits until its old ones have expired.
    let configuration = format!(
        "ClusterName=test\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={}\nSlurmdPort={}\n\
         AuthType=auth/munge\nAuthInfo=socket={socket},cred_expire=5\nSlurmUser={user}\nSlurmdUser={user}\nProctrackType=proctrack/linuxproc\n\
         TaskPlugin=task/none\nSchedulerType=sched/backfill\nSelectType=select/cons_tres\n\
         SelectTypeParameters=CR_CPU\nReturnToService=2\nStateSaveLocation={}\nSlurmdSpoolDir={}\n\
         SlurmctldPidFile={}\nSlurmdPidFile={}\nJobRequeue=1\nMinJobAge=3600\n\
         RequeueExit=2\nCredType=cred/munge\nMpiDefault=none\nKillWait=2\n\
         NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN\n\
         PartitionName=main Nodes={host} Default=YES OverSubscribe=FORCE:4 MaxTime=INFINITE State=UP\n",
        ports[0],
        ports[1],
        path("state"),
        path("spool"),
        path("slurmctld.pid"),
        path("slurmd.pid"),
    );
    fs::write(folder.join("slurm.conf"), configuration).unwrap();
    let mut daemons = Daemons {
        folder: folder.to_owned(),
        running: Vec::new(),
    };
    let program = |program, package| tools::debian(program, package).display().to_string();
    let munge = [
        "--foreground",
        "--force",
        "--key-file",
        &path("munge.key"),
        "--socket",
        &socket,
        "--pid-file",
        &path("munge.pid"),
        "--seed-file",
        &path("munge.seed"),
        "--log-file",
        &path("munge.log"),
    ];
    daemons.start(
        &program("munged", "munge"),
        &munge,
        &folder.join("munged.out"),
    );
    wait("munge", folder, || Path::new(&socket).exists());
    let own = path("slurm.conf");
    daemons.start(
        &program("slurmctld", "slurmctld"),
        &["-D", "-f", &own],
        &folder.join("slurmctld.out"),
    );
    daemons.start(
        &program("slurmd", "slurmd"),
        &["-D", "-f", &own],
        &folder.join("slurmd.out"),
    );
    daemons
}

/// What a command of Slurm's prints.
fn ask(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .env("SLURM_CONF", folder.join("slurm.conf"))
        .current_dir(folder)
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
#[ignore = "starts Slurm"]
fn slurm_scans_an_organisation_and_reruns_a_killed_job() {
    let sandbox = Sandbox::new();
    let list = generate(&sandbox);
    sandbox.write("repositories.txt", list.join("\n"));
    let folder = sandbox.path();
    let script = format!(
        "#!/bin/sh\nexport NTNGUARD='{program}' GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'\n\
         \"$NTNGUARD\" shard repositories.txt > own.$SLURM_ARRAY_TASK_ID || exit 2\n\
         # The first time, this task stays until it is killed.\n\
         if [ \"$SLURM_ARRAY_TASK_ID\" = 3 ] && [ \"${{SLURM_RESTART_COUNT:-0}}\" = 0 ]; then\n\
         head -n 3 own.3 | while read -r address; do sh '{scan}' \"$address\" reports </dev/null; done\n\
         touch hangs; sleep 600; fi\n\
         failed=0\n\
         while read -r address; do sh '{scan}' \"$address\" reports </dev/null || failed=2; done < own.$SLURM_ARRAY_TASK_ID\n\
         exit $failed\n",
        program = env!("CARGO_BIN_EXE_ntnguard"),
        scan = packaged("scan-one").display(),
    );
    sandbox.write("job.sh", script);
    tools::debian("sbatch", "slurm-client");
    let daemons = slurm(&folder);
    wait("a node that is idle", &folder, || {
        ask(&folder, "sinfo", &["-h", "-o", "%t"]).is_some_and(|state| state.starts_with("idle"))
    });
    let array = format!("--array=0-{}", JOBS - 1);
    let job = ask(
        &folder,
        "sbatch",
        &[
            "--parsable",
            "--requeue",
            &array,
            "--output=out.%a",
            "job.sh",
        ],
    );
    let job = job.expect("sbatch takes the job");
    wait("a task that hangs", &folder, || {
        folder.join("hangs").exists()
    });
    // An operator's, or a node's, way to end a task that is to be run again.
    ask(&folder, "scontrol", &["requeue", &format!("{job}_3")]).expect("it is requeued");
    wait("the end of all tasks", &folder, || {
        ask(&folder, "squeue", &["-h", "-j", &job]).is_some_and(|left| left.is_empty())
            || ask(&folder, "squeue", &["-h", "-t", "PD,R,CG"]).is_some_and(|left| left.is_empty())
    });
    drop(daemons);
    assert_eq!(jobs(&folder), [""; 0], "all is stopped");
    let run = sandbox.run([
        "report",
        "reports",
        "--expect",
        "repositories.txt",
        "--format",
        "json",
    ]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let json = run.json();
    assert_eq!(json["complete"], true, "{}", json["skipped"]);
    assert_eq!(json["runs"].as_array().unwrap().len() as u64, REPOSITORIES);
    let mut found: Vec<(String, usize)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let print = finding["fingerprint"].as_str().unwrap().to_owned();
            (print, finding["repositories"].as_array().unwrap().len())
        })
        .collect();
    found.sort();
    let mut known: Vec<(String, usize)> = (1..=25)
        .map(|seed| {
            let token = Fake::new(seed).ntn(0);
            let times = (0..REPOSITORIES)
                .filter(|at| leak(*at) == Some(seed))
                .count();
            (fingerprint(&sandbox, &token), times)
        })
        .collect();
    known.sort();
    assert_eq!(found, known);
}

/// The fingerprint of a token, as sha256sum tells it.
fn fingerprint(sandbox: &Sandbox, token: &str) -> String {
    sandbox.write("token", token);
    let output = sandbox.command("sha256sum").arg("token").output().unwrap();
    format!("v1:{}", &String::from_utf8(output.stdout).unwrap()[..32])
}
