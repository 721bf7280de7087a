//! Which container a process belongs to, and what is known of it.

mod harness;

use harness::{lines, state, walk};
use model::State;
use model::quirk::Quirks;
use model::state::NONE;
use testkit::capture_from_text;

const ID: &str = "d7bb71f7610b01172a9b87cd09ac04709d4239f2acc73f6e237adbafc3099312";

/// Short id of the container of a thread; empty on the host.
fn container(state: &State, tid: i64) -> String {
    let thread = state.threads().find(tid).expect("the thread lives");
    String::from_utf8_lossy(state.text(state.threads().now(thread).container)).into_owned()
}

fn of_cgroup(path: &str) -> String {
    let drawn = format!("process tid=10 comm=x cgroups='cpuset=/\\0memory={path}\\0'\nns tid dir type args\n0 10 > close fd=3\n");
    container(&state(&drawn, Quirks::NONE), 10)
}

#[test]
fn a_container_is_known_by_the_path_of_its_cgroup() {
    let short = &ID[..12];
    for (path, expected) in [
        (format!("/docker/{ID}"), short),
        (format!("/system.slice/docker-{ID}.scope"), short),
        (format!("/machine.slice/libpod-{ID}.scope"), short),
        (format!("/machine.slice/libpod-{ID}.scope/container"), short),
        (format!("/libpod_parent/libpod-{ID}"), short),
        (format!("/kubepods/burstable/pod1234/{ID}"), short),
        (format!("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope"), short),
        (format!("/kubepods.slice/crio-{ID}.scope"), short),
        (format!("/kubepods/pod1/crio-{ID}"), short),
        (format!("/system.slice/containerd.service/kubepods:cri-containerd:{ID}"), short),
        ("/lxc/web".to_owned(), "web"),
        ("/lxc/web/system.slice/ssh.service".to_owned(), "web"),
        ("/lxc.payload/web".to_owned(), "web"),
        ("/lxc.payload.web/init.scope".to_owned(), "web"),
        ("/machine/web.libvirt-lxc".to_owned(), "web"),
        ("/machine.slice/machine-lxc\\x2dweb.scope".to_owned(), "web"),
        ("/libvirt/lxc/web".to_owned(), "web"),
        ("/mesos/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f".to_owned(), "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"),
        ("/system.slice/runc-bpm-garden.ab-1.scope".to_owned(), "garden.ab-1"),
        ("/default/redis".to_owned(), "redis"),
        ("/default/user.slice".to_owned(), ""),
        ("/system.slice/ssh.service".to_owned(), ""),
        (format!("/docker/{}", &ID[..63]), ""),
        (format!("/docker/{ID}0"), ""),
        ("/".to_owned(), ""),
    ] {
        // A path in quotes has its backslashes doubled.
        assert_eq!(of_cgroup(&path.replace('\\', "\\\\")), expected, "{path}");
    }
}

#[test]
fn the_first_cgroup_that_names_a_container_decides() {
    let drawn = format!(
        "process tid=10 comm=x cgroups='cpu=/lxc/one\\0memory=/docker/{ID}\\0'\nns tid dir type args\n0 10 > close fd=3\n"
    );
    assert_eq!(container(&state(&drawn, Quirks::NONE), 10), "one");
}

#[test]
fn clone_fork_vfork_clone3_and_execve_all_tell_the_container() {
    for call in ["clone", "fork", "vfork", "clone3"] {
        let drawn = format!(
            "
            release 0.29.3
            process tid=10 comm=sh
            ns tid dir type args
            0  11  <   {call} res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh cgroups='cpu=/docker/{ID}\\0' flags=0 vtid=11 vpid=11
            10 11  >   close fd=3
            "
        );
        for quirks in [Quirks::NONE, Quirks::ALL] {
            assert_eq!(container(&state(&drawn, quirks), 11), &ID[..12], "{call}");
        }
    }
    let drawn = format!(
        "
        release 0.29.3
        process tid=10 comm=sh
        ns tid dir type args
        0  10  >   execve filename=/bin/x
        10 10  <   execve res=0 exe=x tid=10 pid=10 ptid=1 comm=x cgroups='cpu=/docker/{ID}\\0'
        "
    );
    assert_eq!(container(&state(&drawn, Quirks::NONE), 10), &ID[..12]);
}

#[test]
fn a_fork_that_was_recorded_without_cgroups_has_those_of_its_parent() {
    for child in [
        // The oldest layouts do not have them, and an event may have none.
        "fork#183 res=0 exe=sh tid=11 pid=11 ptid=10 flags=0",
        "fork#219 res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh flags=0",
        "fork#225 res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh cgroups=NULL flags=0",
    ] {
        let drawn = format!(
            "
            release 0.29.3
            process tid=10 comm=sh cgroups='cpu=/docker/{ID}\\0'
            ns tid dir type args
            0  11  <   {child}
            10 11  >   close fd=3
            "
        );
        let state = state(&drawn, Quirks::NONE);
        assert_eq!(container(&state, 11), &ID[..12], "{child}");
        let version = state.threads().now(state.threads().find(11).expect("it lives"));
        assert_eq!(version.cgroups_since, NONE, "what the process list told");
    }
}

#[test]
fn a_child_that_is_moved_out_belongs_to_itself() {
    let drawn = format!(
        "
        process tid=10 comm=sh cgroups='cpu=/docker/{ID}\\0'
        ns tid dir type args
        0  11  <   clone res=0 exe=sh tid=11 pid=11 ptid=10 comm=sh cgroups='cpu=/user.slice\\0' flags=0 vtid=11 vpid=11
        10 11  <   close res=0 fd=3
        "
    );
    assert_eq!(container(&state(&drawn, Quirks::NONE), 11), "");
}

#[test]
fn container_records_of_every_age_tell_names_and_images() {
    let json = r#"{"container":{"id":"d7bb71f7610b","name":"web","image":"nginx","type":0}}"#;
    for record in [
        "container#228 id=d7bb71f7610b type=0 name=web image=nginx".to_owned(),
        format!("container#272 json='{json}'"),
        format!("container#324 json='{json}\\n\\0\\0'"),
        format!("asyncevent#402 plugin_id=3 name=container data='{json}'"),
    ] {
        let drawn =
            format!("process tid=10 comm=x cgroups='cpu=/docker/{ID}'\nns tid dir type args\n@0 -1 > {record}\n0 10 > close fd=3\n");
        let state = state(&drawn, Quirks::NONE);
        let version = state.threads().now(state.threads().find(10).expect("it lives"));
        let container = state.containers().get(version.container).unwrap_or_else(|| panic!("{record} is not read"));
        assert_eq!((&container.id[..], &container.name[..], &container.image[..]), (&b"d7bb71f7610b"[..], &b"web"[..], &b"nginx"[..]), "{record}");
    }
}

#[test]
fn a_container_record_that_cannot_be_read_is_passed_over() {
    let drawn = "
        process tid=10 comm=x
        ns tid dir type args
        0  -1  >   container#272 json='{no json'
        10 10  >   close fd=3
        ";
    assert_eq!(lines(drawn, Quirks::NONE), ["x (10) > close fd=3"]);
    assert_eq!(lines(drawn, Quirks::ALL), ["x (10) > close fd=3"]);
}

#[test]
fn a_container_record_in_the_middle_is_a_line_of_its_own() {
    let json = r#"{"container":{"id":"29b85fa50839","name":"web"}}"#;
    let drawn = format!(
        "
        process tid=10 comm=x
        ns tid dir type args
        0  -1  >   container#272 json='{json}'
        10 10  <   close res=0 fd=3
        20 -1  >   container#272 json='{json}'
        "
    );
    let expected = ["x (10) < close res=0 fd=3".to_owned(), format!("container:29b85fa50839 (-1) > container json={json}")];
    assert_eq!(lines(&drawn, Quirks::NONE), expected);
}

#[test]
fn users_of_a_container_are_its_own_and_then_the_hosts() {
    let drawn = format!(
        "
        user uid=33 name=www-data
        user uid=34 name=backup
        process tid=10 comm=x cgroups='cpu=/docker/{ID}\\0'
        process tid=20 comm=y
        ns tid dir type args
        0  -1  >   useradded uid=33 gid=33 name=nginx home=/ shell=/ container_id={}
        10 10  <   getuid uid=33
        20 10  <   getuid uid=34
        30 20  <   getuid uid=33
        40 -1  >   userdeleted uid=33 gid=33 name=nginx home=/ shell=/ container_id={}
        50 10  <   getuid uid=33
        60 10  <   getuid uid=99
        ",
        &ID[..12],
        &ID[..12]
    );
    let lines: Vec<String> = lines(&drawn, Quirks::NONE).into_iter().filter(|line| line.contains("getuid")).collect();
    assert_eq!(
        lines,
        [
            "x (10) < getuid uid=33(nginx)",
            "x (10) < getuid uid=34(backup)",
            "y (20) < getuid uid=33(www-data)",
            "x (10) < getuid uid=33(www-data)",
            "x (10) < getuid uid=99(<NA>)",
        ]
    );
}

#[test]
fn records_at_the_start_of_a_further_section_are_not_counted() {
    let drawn = "
        release 0.29.3
        ns tid dir type args
        0 10 > container json='{}'
        1 10 > close fd=3
        2 10 > container json='{}'
        section
        ns tid dir type args
        3 10 > container json='{}'
        4 10 > close fd=3
    ";
    let mut numbers = Vec::new();
    walk(&capture_from_text(drawn), Quirks::NONE, |_, _, _, applied| numbers.push((applied.number, applied.printed)));
    let expected = [(Some(1), false), (Some(2), true), (Some(3), true), (None, false), (Some(4), true)];
    assert_eq!(numbers, expected);
}
