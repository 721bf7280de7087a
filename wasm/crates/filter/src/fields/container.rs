//! `container.*`, and `k8s.*`, `mesos.*`, `marathon.*` as far as a container's own record tells of them.

use model::quirk::Quirk;
use model::state::containers::Container;
use model::state::threads::ThreadVersion;
use serde_json::Value as Json;

use super::{Field, Id, Scratch};
use crate::glob::Glob;
use crate::moment::Moment;
use crate::value::Value;

pub(super) fn extract<'v>(field: &'v Field, moment: &'v Moment<'v>, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let thread = moment.thread()?;
    let id = moment.state.text(thread.container);
    let is_host = id.is_empty();
    if is_host && thread.pid == -1 && !moment.is_classic() && moment.has(Quirk::UnknownThreadsAreThemselves) {
        return (field.info.id == Id::ContainerId).then_some(Value::Text(b""));
    }
    if is_host && thread.vtid != -1 && thread.vtid != moment.event.tid && moment.has(Quirk::NamespacesAreNoHosts) {
        return (field.info.id == Id::ContainerId).then_some(Value::Text(b""));
    }
    match field.info.id {
        Id::ContainerId | Id::ContainerName | Id::ContainerType | Id::ContainerFullId if is_host => return Some(Value::Text(b"host")),
        Id::ContainerId => return Some(Value::Text(id)),
        Id::ContainerStartTs => return (!is_host && thread.pidns_start != 0).then_some(Value::Uint(thread.pidns_start)),
        Id::ContainerDuration => {
            return (!is_host && thread.pidns_start != 0).then(|| Value::Uint(moment.event.ts.saturating_sub(thread.pidns_start)));
        }
        _ if is_host => return None,
        _ => {}
    }
    let Some(container) = record(moment, thread) else {
        let is_docker = field.info.id == Id::ContainerType && moment.state.text(thread.cgroups).windows(6).any(|part| part == b"docker");
        return is_docker.then_some(Value::Text(b"docker"));
    };
    let text = |name: &str| container.facts.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(|text| Value::Text(text.as_bytes()));
    let truth = |name: &str| container.facts.get(name).and_then(Json::as_bool).map(Value::Bool);
    let label = |name: &str| container.facts.get("labels")?.get(name)?.as_str().map(|text| Value::Text(text.as_bytes()));
    Some(match field.info.id {
        Id::ContainerName => Value::Text(Some(&container.name[..]).filter(|name| !name.is_empty())?),
        Id::ContainerImage => Value::Text(Some(&container.image[..]).filter(|image| !image.is_empty())?),
        Id::ContainerFullId => return text("full_id"),
        Id::ContainerImageId => return text("imageid"),
        Id::ContainerImageRepository => return text("imagerepo"),
        Id::ContainerImageTag => return text("imagetag"),
        Id::ContainerImageDigest => return text("imagedigest"),
        Id::ContainerIp => return text("ip"),
        // Told, and mostly empty.
        Id::ContainerCniJson | Id::K8sPodCniJson => Value::Text(container.facts.get("cni_json").and_then(Json::as_str)?.as_bytes()),
        Id::ContainerType => Value::Text(engine(container.facts.get("type").and_then(Json::as_u64)?)?.as_bytes()),
        Id::ContainerPrivileged => return truth("privileged"),
        Id::ContainerHostIpc => return truth("host_ipc"),
        Id::ContainerHostNetwork => return truth("host_network"),
        Id::ContainerHostPid => return truth("host_pid"),
        Id::ContainerHealthcheck => return probe_text(container, "Healthcheck", scratch),
        Id::ContainerLivenessProbe => return probe_text(container, "LivenessProbe", scratch),
        Id::ContainerReadinessProbe => return probe_text(container, "ReadinessProbe", scratch),
        Id::ContainerMounts => {
            for (at, mount) in mounts(container).iter().enumerate() {
                if at > 0 {
                    scratch.text.push(b',');
                }
                write_mount(&mut scratch.text, mount);
            }
            Value::Text(&scratch.text)
        }
        Id::ContainerMount => {
            write_mount(&mut scratch.text, mount(field, container, "Source")?);
            Value::Text(&scratch.text)
        }
        Id::ContainerMountSource => return mount_text(mount(field, container, "Destination")?, "Source"),
        Id::ContainerMountDest => return mount_text(mount(field, container, "Source")?, "Destination"),
        Id::ContainerMountMode => return mount_text(mount(field, container, "Source")?, "Mode"),
        Id::ContainerMountPropagation => return mount_text(mount(field, container, "Source")?, "Propagation"),
        Id::ContainerMountRdwr => Value::Text(is_writable(mount(field, container, "Source")?).as_bytes()),
        Id::K8sPodName => return label("io.kubernetes.pod.name"),
        Id::K8sNsName => return label("io.kubernetes.pod.namespace"),
        Id::K8sPodId | Id::K8sPodUid => return label("io.kubernetes.pod.uid"),
        Id::K8sPodSandboxId => {
            let full = container.facts.get("pod_sandbox_id")?.as_str()?;
            Value::Text(full.get(..12).unwrap_or(full).as_bytes())
        }
        Id::K8sPodFullSandboxId => return text("pod_sandbox_id"),
        Id::K8sPodIp => return text("ip"),
        Id::K8sPodLabel => {
            let labels = container.facts.get("pod_sandbox_labels").or_else(|| container.facts.get("labels"))?;
            Value::Text(labels.get(field.bound.text()?)?.as_str()?.as_bytes())
        }
        Id::K8sPodLabels => {
            let labels = container.facts.get("pod_sandbox_labels").or_else(|| container.facts.get("labels"))?.as_object()?;
            for (at, (name, value)) in labels.iter().enumerate() {
                if at > 0 {
                    scratch.text.extend_from_slice(b", ");
                }
                scratch.text.extend_from_slice(name.as_bytes());
                scratch.text.push(b':');
                scratch.text.extend_from_slice(value.as_str().unwrap_or_default().as_bytes());
            }
            Value::Text(&scratch.text)
        }
        Id::MesosTaskId => return text("mesos_task_id"),
        // Told by API servers alone, whose records only live tools asked for.
        _ => return None,
    })
}

/// What is known of the thread's container.
fn record<'v>(moment: &Moment<'v>, thread: &ThreadVersion) -> Option<&'v Container> {
    let containers = moment.state.containers();
    if moment.is_past { containers.get_at(thread.container, moment.row) } else { containers.get(thread.container) }
}

/// Whether the container of the event's thread has an address of its own; `None` outside containers, and where nothing
/// is known of the container.
pub(super) fn has_address(moment: &Moment<'_>) -> Option<bool> {
    let facts = &record(moment, moment.thread()?)?.facts;
    Some(facts.get("ip").and_then(Json::as_str).is_some_and(|ip| !ip.is_empty() && ip != "0.0.0.0"))
}

fn engine(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "docker",
        1 => "lxc",
        2 => "libvirt-lxc",
        3 => "mesos",
        4 => "rkt",
        5 => "custom",
        6 => "cri",
        7 => "containerd",
        8 => "cri-o",
        9 => "bpm",
        10 => "static",
        11 => "podman",
        _ => return None,
    })
}

fn mounts(container: &Container) -> &[Json] {
    container.facts.get("Mounts").and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The mount that the argument names: by number, or by a pattern on one of its paths.
fn mount<'v>(field: &Field, container: &'v Container, by: &str) -> Option<&'v Json> {
    let all = mounts(container);
    if let Some(index) = field.bound.index() {
        return all.get(usize::try_from(index).ok()?);
    }
    let pattern = Glob::new(field.bound.text()?.as_bytes(), false)?;
    all.iter().find(|mount| mount.get(by).and_then(Json::as_str).is_some_and(|path| pattern.matches(path.as_bytes())))
}

fn mount_text<'v>(mount: &'v Json, name: &str) -> Option<Value<'v>> {
    Some(Value::Text(mount.get(name)?.as_str()?.as_bytes()))
}

fn is_writable(mount: &Json) -> &'static str {
    if mount.get("RW").and_then(Json::as_bool).unwrap_or(false) { "true" } else { "false" }
}

/// Appends `source:destination:mode:writable:propagation`.
fn write_mount(out: &mut Vec<u8>, mount: &Json) {
    let text = |name: &str| mount.get(name).and_then(Json::as_str).unwrap_or_default();
    for part in [text("Source"), ":", text("Destination"), ":", text("Mode"), ":", is_writable(mount), ":", text("Propagation")] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// A probe's command line; `NONE` when there is none.
fn probe_text<'v>(container: &Container, name: &str, scratch: &'v mut Scratch) -> Option<Value<'v>> {
    let Some(probe) = container.facts.get(name) else { return Some(Value::Text(b"NONE")) };
    scratch.text.extend_from_slice(probe.get("exe").and_then(Json::as_str).unwrap_or_default().as_bytes());
    for arg in probe.get("args").and_then(Json::as_array).into_iter().flatten() {
        scratch.text.push(b' ');
        scratch.text.extend_from_slice(arg.as_str().unwrap_or_default().as_bytes());
    }
    Some(Value::Text(&scratch.text))
}

/// Whether a process, or an ancestor of it in the same container, runs a probe's command line.
pub(super) fn is_probe(id: Id, moment: &Moment<'_>, thread: &ThreadVersion) -> bool {
    let name = match id {
        Id::ProcIsContainerHealthcheck => "Healthcheck",
        Id::ProcIsContainerLivenessProbe => "LivenessProbe",
        _ => "ReadinessProbe",
    };
    let Some(probe) = record(moment, thread).and_then(|container| container.facts.get(name)) else { return false };
    let exe = probe.get("exe").and_then(Json::as_str).unwrap_or_default();
    let args: Vec<&str> = probe.get("args").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    let runs_it = |thread: &ThreadVersion| {
        let list = moment.state.text(thread.args);
        let list = list.strip_suffix(b"\0").unwrap_or(list);
        moment.state.text(thread.exe) == exe.as_bytes() && list == args.join("\0").as_bytes()
    };
    let mut one = *thread;
    for _ in 0..64 {
        if runs_it(&one) {
            return true;
        }
        let Some(parent) = moment.version_of(one.ptid).map(|version| moment.state.version(version)) else { return false };
        if parent.container != thread.container {
            return false;
        }
        one = *parent;
    }
    false
}
