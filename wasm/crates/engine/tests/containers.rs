//! What the inspector says of a thread's container where the capture contradicts itself.

use engine::state::ContainerDetail;
use engine::{ListSpec, Options, Place, Session, Unit};
use testkit::capture_from_text;

const ID: &str = "d7bb71f7610b01172a9b87cd09ac04709d4239f2acc73f6e237adbafc3099312";
const OTHER: &str = "9d2fac3416febb7c1b29056cf5ceb3fb818ed71e6812d4488e0326c37b6b3a4f";

/// The container of the thread of the last event, as of that event.
fn container(drawn: &str) -> ContainerDetail {
    let bytes = capture_from_text(drawn);
    let mut session = Session::new(Options::default());
    session.next_file("drawn");
    session.push(&bytes);
    session.finish();
    let spec = ListSpec::all(Unit::Events);
    let rows = session.count(spec).rows;
    let files = [bytes];
    let mut source = &files[..];
    let row = session.window(spec, rows - 1, 1, &mut source).row[0];
    assert_eq!(session.locate(spec, Place::Row(row)).map(|located| located.exact), Some(true));
    session.state_at(row, &mut source).expect("bytes are in memory").expect("the row is there").container
}

/// A parent in a container, and a child that it forks.
fn forked(parent: &str, child: &str) -> ContainerDetail {
    container(&format!(
        "
        release 0.29.3
        process tid=11801 comm=php-fpm {parent}
        ns tid   dir type args
        0  11830 <   fork res=0 exe=php-fpm tid=11830 pid=11830 ptid=11801 comm=php-fpm {child}
        10 11830 >   close fd=3
        "
    ))
}

#[test]
fn a_child_whose_cgroups_say_host_and_whose_ids_say_container_is_flagged() {
    let inside = format!("cgroups='cpu=/docker/{ID}\\0' vtid=6 vpid=6");
    let found = forked(&inside, "cgroups='cpu=/\\0' flags=0 vtid=7 vpid=7");
    assert_eq!((found.id.as_str(), found.how.as_str()), ("host", "born by fork at #1 from 11801"));
    assert_eq!(
        found.contradiction,
        "its cgroups, told by fork at #1, name no container, but it is 7 in a pid namespace and its parent 11801 is 6 in the pid namespace of container d7bb71f7610b"
    );
    // It inherits where nothing is told, and a child of the host may have a pid namespace of its own.
    for (parent, child) in [
        (inside.as_str(), "cgroups=NULL flags=0 vtid=7 vpid=7"),
        ("cgroups='cpu=/\\0' vtid=6 vpid=6", "cgroups='cpu=/\\0' flags=0 vtid=7 vpid=7"),
        ("cgroups='cpu=/\\0'", "cgroups='cpu=/\\0' flags=0 vtid=7 vpid=7"),
    ] {
        assert_eq!(forked(parent, child).contradiction, "", "{parent}: {child}");
    }
}

#[test]
fn a_child_whose_cgroups_say_container_and_whose_ids_say_host_is_flagged() {
    let inside = format!("cgroups='cpu=/docker/{ID}\\0' vtid=6 vpid=6");
    let child = format!("cgroups='cpu=/docker/{ID}\\0' flags=0 vtid=11830 vpid=11830");
    assert_eq!(
        forked(&inside, &child).contradiction,
        "its cgroups, told by fork at #1, name a container, but it has the host's id 11830 and its parent 11801 is 6 in the pid namespace of container d7bb71f7610b"
    );
    // Containers may share the host's pid namespace, and who starts one joins its cgroups first.
    for parent in [format!("cgroups='cpu=/docker/{ID}\\0'"), String::new()] {
        assert_eq!(forked(&parent, &child).contradiction, "", "{parent}");
    }
}

#[test]
fn a_container_without_a_record_among_recorded_ones_is_flagged() {
    let with = |records: &str| {
        container(&format!("process tid=10 comm=x cgroups='cpu=/docker/{ID}\\0'\nns tid dir type args\n{records}\n0 10 > close fd=3\n"))
    };
    let record = |id: &str, state: u32| format!("@0 -1 > container#272 json='{{\"container\":{{\"id\":\"{id}\",\"lookup_state\":{state}}}}}'");
    assert_eq!(
        with(&record(&OTHER[..12], 1)).contradiction,
        "the capture has no record of this container, as it has of others; only its cgroups name it, told by the process list"
    );
    assert_eq!(
        with(&record(&ID[..12], 2)).contradiction,
        "the record of this container says that no engine knew it; only its cgroups name it, told by the process list"
    );
    assert_eq!(with(&record(&ID[..12], 1)).contradiction, "");
    assert_eq!(with("").contradiction, "", "a recorder without container engines records none");
}

#[test]
fn cgroups_that_name_different_containers_are_flagged() {
    let of = |cgroups: &str| container(&format!("process tid=10 comm=x cgroups='{cgroups}'\nns tid dir type args\n0 10 > close fd=3\n"));
    assert_eq!(
        of(&format!("cpu=/docker/{ID}\\0memory=/machine.slice/libpod-{OTHER}.scope\\0")).contradiction,
        format!("its cgroup memory is /machine.slice/libpod-{OTHER}.scope, told by the process list")
    );
    // A hierarchy may be unused, and a container may hold another one.
    for sound in [
        format!("cpu=/docker/{ID}\\0memory=/\\0pids=/system.slice/docker.service\\0"),
        format!("cpu=/docker/{ID}\\0memory=/docker/{ID}/docker/{OTHER}\\0"),
        format!("cpu=/docker/{OTHER}/docker/{ID}\\0memory=/docker/{OTHER}\\0"),
    ] {
        assert_eq!(of(&sound).contradiction, "", "{sound}");
    }
}
