//! Sockets: what they are named, who is client and server, and which two ends belong together.

mod harness;

use harness::{lines, state};
use model::quirk::Quirks;
use model::state::NONE;

fn right(drawn: &str) -> Vec<String> {
    lines(drawn, Quirks::NONE)
}

fn sysdig(drawn: &str) -> Vec<String> {
    lines(drawn, Quirks::ALL)
}

/// What descriptor `fd` prints as at the end of a capture of thread 10.
fn fd_at_end(face: fn(&str) -> Vec<String>, drawn: &str, fd: i64) -> String {
    let line = face(&format!("{drawn}\n999999 10 > close fd={fd}\n")).pop().expect("there is a line");
    line.split("fd=").nth(1).expect("it has an fd").to_owned()
}

/// A classic process with the calls of one thread behind its lists.
fn classic(lists: &str, calls: &[&str]) -> String {
    let calls: String = calls.iter().zip(0..).map(|(call, at)| format!("{at} 10 {call}\n")).collect();
    format!("release 0.29.3\nprocess tid=10 comm=net\n{lists}\nns tid dir type args\n{calls}")
}

fn newest(lists: &str, calls: &[&str]) -> String {
    let calls: String = calls.iter().zip(0..).map(|(call, at)| format!("{at} 10 < {call}\n")).collect();
    format!("process tid=10 comm=net\n{lists}\nns tid dir type args\n{calls}0 10 > close fd=0\n")
}

// --- the initial list --------------------------------------------------------------------------------------------------

#[test]
fn a_connection_to_a_listening_port_is_the_servers_and_has_its_client_first() {
    let lists = "
        fd tid=10 fd=3 server 0.0.0.0:80
        fd tid=10 fd=4 ipv4 10.0.0.1:80->10.0.0.2:4000
        fd tid=10 fd=5 ipv4 10.0.0.1:5000->10.0.0.3:443
        process tid=20 comm=other
        fd tid=20 fd=3 server 0.0.0.0:22
        fd tid=10 fd=6 ipv4 10.0.0.1:22->10.0.0.2:4001
        ";
    let drawn = classic(lists, &[]);
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &drawn, 3), "3(<4t>0.0.0.0:80)");
        assert_eq!(fd_at_end(face, &drawn, 4), "4(<4t>10.0.0.2:4000->10.0.0.1:80)");
        assert_eq!(fd_at_end(face, &drawn, 5), "5(<4t>10.0.0.1:5000->10.0.0.3:443)");
        // Whoever listens: it may be another process.
        assert_eq!(fd_at_end(face, &drawn, 6), "6(<4t>10.0.0.2:4001->10.0.0.1:22)");
    }
}

#[test]
fn initial_sockets_lose_their_mapping_and_get_an_address_of_an_interface() {
    let lists = "
        interface eth0 10.0.0.1/255.255.255.0
        interface eth1 10.9.0.1/255.255.0.0
        fd tid=10 fd=3 ipv6 [::ffff:10.0.0.1]:5000->[::ffff:10.0.0.2]:80
        fd tid=10 fd=4 ipv4 0.0.0.0:5001->10.9.3.3:53 l4=udp
        fd tid=10 fd=5 ipv4 0.0.0.0:5002->8.8.8.8:53 l4=udp
        fd tid=10 fd=6 unix ffff01->ffff02 /run/x
        fd tid=10 fd=7 unix ffff03->ffff04
        ";
    let drawn = classic(lists, &[]);
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &drawn, 3), "3(<4t>10.0.0.1:5000->10.0.0.2:80)");
        assert_eq!(fd_at_end(face, &drawn, 6), "6(<u>/run/x)");
        assert_eq!(fd_at_end(face, &drawn, 7), "7(<u>)");
    }
    // 0.29.3 leaves them unset.
    assert_eq!(fd_at_end(right, &drawn, 4), "4(<4u>10.9.0.1:5001->10.9.3.3:53)");
    assert_eq!(fd_at_end(right, &drawn, 5), "5(<4u>10.0.0.1:5002->8.8.8.8:53)");
    assert_eq!(fd_at_end(sysdig, &drawn, 5), "5(<4u>0.0.0.0:5002->8.8.8.8:53)");
}

// --- socket and bind ---------------------------------------------------------------------------------------------------

#[test]
fn the_protocol_of_a_socket_shows_once_it_has_a_role_unless_it_is_raw() {
    for (call, fresh, bound) in [
        ("domain=1 type=1 proto=0", "3(<u>)", None),
        ("domain=16 type=3 proto=0", "3(<n>)", None),
        ("domain=17 type=3 proto=0", "3(<o>)", None),
        ("domain=2 type=1 proto=0", "3(<4>)", Some("3(<4t>1.2.3.4:80)")),
        ("domain=2 type=526337 proto=6", "3(<4>)", Some("3(<4t>1.2.3.4:80)")),
        ("domain=2 type=2 proto=0", "3(<4>)", Some("3(<4u>1.2.3.4:80)")),
        ("domain=2 type=2 proto=17", "3(<4>)", Some("3(<4u>1.2.3.4:80)")),
        ("domain=2 type=2 proto=1", "3(<4>)", Some("3(<4i>1.2.3.4:80)")),
        ("domain=2 type=3 proto=1", "3(<4r>)", Some("3(<4r>1.2.3.4:80)")),
        ("domain=2 type=3 proto=255", "3(<4r>)", Some("3(<4r>1.2.3.4:80)")),
        ("domain=2 type=1 proto=132", "3(<4>)", Some("3(<4>1.2.3.4:80)")),
    ] {
        let made = ["> socket", "< socket fd=3", "> bind fd=3", "< bind res=0 addr=1.2.3.4:80"];
        let made = [&format!("{} {call}", made[0])[..], made[1], made[2], made[3]];
        for face in [right, sysdig] {
            assert_eq!(fd_at_end(face, &classic("", &made[..2]), 3), fresh, "{call}");
            if let Some(bound) = bound {
                assert_eq!(fd_at_end(face, &classic("", &made), 3), bound, "{call}");
            }
        }
    }
}

#[test]
fn bind_names_a_socket_and_a_port_makes_it_a_server() {
    for (domain, addr, expected) in [
        (2, "1.2.3.4:80", "3(<4t>1.2.3.4:80)"),
        (2, "1.2.3.4:0", "3(<4>1.2.3.4:0)"),
        (10, "[2001:db8::4]:0", "3(<6>2001:db8::4:0)"),
        (10, "[2001:db8::4]:80", "3(<6t>2001:db8::4:80)"),
        (10, "[::ffff:1.2.3.4]:80", "3(<4t>::ffff:1.2.3.4:80)"),
        (1, "/run/x.sock", "3(<u>/run/x.sock)"),
    ] {
        let bind = format!("< bind res=0 addr={addr}");
        let drawn = classic("", &[&format!("> socket domain={domain} type=1 proto=0"), "< socket fd=3", "> bind fd=3", &bind]);
        assert_eq!(fd_at_end(right, &drawn, 3), expected);
        assert_eq!(fd_at_end(sysdig, &drawn, 3), expected);
        let failed = bind.replace("res=0", "res=-98");
        let drawn = classic("", &[&format!("> socket domain={domain} type=1 proto=0"), "< socket fd=3", "> bind fd=3", &failed]);
        assert!(!fd_at_end(right, &drawn, 3).contains(':'));
    }
}

// --- connect -----------------------------------------------------------------------------------------------------------

const TCP: [&str; 2] = ["> socket domain=2 type=1 proto=0", "< socket fd=3"];

#[test]
fn connect_names_where_to_at_its_enter_and_the_rest_at_its_exit() {
    let calls = [TCP[0], TCP[1], "> connect fd=3 addr=10.0.0.2:80", "< connect res=0 tuple=10.0.0.1:4000->10.0.0.2:80"];
    let drawn = classic("", &calls);
    for face in [right, sysdig] {
        assert_eq!(face(&drawn)[2], "net (10) > connect fd=3(<4>) addr=10.0.0.2:80");
        assert_eq!(fd_at_end(face, &drawn, 3), "3(<4t>10.0.0.1:4000->10.0.0.2:80)");
    }
}

#[test]
fn connect_that_goes_on_counts_and_one_that_failed_does_not() {
    for (result, expected) in [("-115", "3(<4t>10.0.0.1:4000->10.0.0.2:80)"), ("-111", "3(<4>)")] {
        let exit = format!("< connect res={result} tuple=10.0.0.1:4000->10.0.0.2:80");
        let drawn = classic("", &[TCP[0], TCP[1], "> connect fd=3 addr=10.0.0.2:80", &exit]);
        assert_eq!(fd_at_end(right, &drawn, 3), expected);
        assert_eq!(fd_at_end(sysdig, &drawn, 3), expected);
    }
}

#[test]
fn a_unix_socket_keeps_the_path_of_a_failed_connect() {
    let calls = ["> socket domain=1 type=1 proto=0", "< socket fd=3", "> connect fd=3 addr=/run/nscd", "< connect res=-2 tuple=0->ffff01 /run/nscd"];
    let drawn = classic("", &calls);
    for face in [right, sysdig] {
        assert_eq!(face(&drawn)[2], "net (10) > connect fd=3(<u>/run/nscd) addr=/run/nscd");
        assert_eq!(fd_at_end(face, &drawn, 3), "3(<u>/run/nscd)");
    }
    let connected = [calls[0], calls[1], calls[2], "< connect res=0 tuple=ffff01->ffff02 /run/nscd"];
    assert_eq!(fd_at_end(right, &classic("", &connected), 3), "3(<u>ffff01->ffff02 /run/nscd)");
}

#[test]
fn a_connect_without_address_changes_nothing_at_its_enter() {
    let calls = ["> socket domain=10 type=2 proto=0", "< socket fd=3", "> connect fd=3 addr=NULL"];
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &classic("", &calls), 3), "3(<6>)");
    }
}

#[test]
fn an_ipv6_socket_becomes_one_of_ipv4_by_what_it_connects_to() {
    let calls = [
        "> socket domain=10 type=1 proto=0",
        "< socket fd=3",
        "> connect fd=3 addr=[::ffff:10.0.0.2]:80",
        "< connect res=0 tuple=[::ffff:10.0.0.1]:4000->[::ffff:10.0.0.2]:80",
    ];
    assert_eq!(right(&classic("", &calls))[2], "net (10) > connect fd=3(<4>) addr=::ffff:10.0.0.2:80");
    assert_eq!(fd_at_end(right, &classic("", &calls), 3), "3(<4t>10.0.0.1:4000->10.0.0.2:80)");
    // sysdig has lost the protocol on the way.
    assert_eq!(fd_at_end(sysdig, &classic("", &calls), 3), "3(<4><unknown>)");
}

#[test]
fn a_datagram_socket_goes_on_to_its_next_peer() {
    let calls = [
        "> socket domain=10 type=2 proto=0",
        "< socket fd=3",
        "> connect fd=3 addr=NULL",
        "< connect res=0 tuple=[::1]:5000->[::1]:2345",
        "> connect fd=3 addr=NULL",
        "< connect res=0 tuple=[2001:db8::1]:5000->[2001:db8::53]:53",
    ];
    let drawn = classic("", &calls);
    assert_eq!(fd_at_end(right, &drawn, 3), "3(<6u>2001:db8::1:5000->2001:db8::53:53)");
    assert_eq!(fd_at_end(sysdig, &drawn, 3), "3(<6u>2001:db8::1:5000->::1:2345)");
}

// --- accept ------------------------------------------------------------------------------------------------------------

#[test]
fn an_accepted_socket_has_the_client_first_and_is_tcp() {
    let calls = ["> accept", "< accept fd=4 tuple=10.0.0.2:4000->10.0.0.1:80 queuepct=0", "> accept", "< accept fd=5 tuple=[::ffff:10.0.0.2]:4001->[::ffff:10.0.0.1]:80 queuepct=0"];
    let drawn = classic("", &calls);
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &drawn, 4), "4(<4t>10.0.0.2:4000->10.0.0.1:80)");
        assert_eq!(fd_at_end(face, &drawn, 5), "5(<4t>10.0.0.2:4001->10.0.0.1:80)");
    }
    let failed = classic("", &["> accept", "< accept fd=-11 tuple=NULL queuepct=0"]);
    assert_eq!(state(&failed, Quirks::NONE).descriptions().len(), 0);
}

#[test]
fn connect_and_accept_join_in_either_order_and_by_life() {
    let connect = |at: u32, fd| {
        format!("{at} 10 < socket fd={fd} domain=1 type=1 proto=0\n{at} 10 < connect res=0 tuple=ffff02->ffff01 /s fd={fd}\n")
    };
    let accept = |at: u32, fd| format!("{at} 20 < accept fd={fd} tuple=ffff02->ffff01 /s queuepct=0 queuelen=0 queuemax=0\n");
    for swapped in [false, true] {
        let both = |at: u32, fd| if swapped { accept(at, fd) + &connect(at, fd) } else { connect(at, fd) + &accept(at, fd) };
        let drawn = format!(
            "process tid=10 comm=client\nprocess tid=20 comm=server\nns tid dir type args\n{}{}{}{}",
            both(0, 3),
            "10 10 < close res=0 fd=3\n",
            "20 20 < close res=0 fd=3\n",
            // The kernel hands the same memory out again.
            both(30, 4)
        );
        let state = state(&drawn, Quirks::NONE);
        let all = state.descriptions();
        let peers: Vec<u32> = (0..all.len() as u32).map(|index| all.peer(index)).collect();
        assert_eq!(peers, [1, 0, 3, 2], "accept first: {swapped}");
        assert!(all.get(0).closed != NONE && all.get(2).closed == NONE);
    }
}

#[test]
fn tcp_over_the_loopback_joins_both_ends() {
    let drawn = "
        process tid=10 comm=curl
        process tid=20 comm=nginx
        ns tid dir type args
        0  10  <   socket  fd=3 domain=2 type=1 proto=0
        10 10  <   connect res=-115 tuple=127.0.0.1:4000->127.0.0.1:80 fd=3
        20 20  <   accept  fd=5 tuple=127.0.0.1:4000->127.0.0.1:80 queuepct=0 queuelen=0 queuemax=0
        ";
    assert_eq!(state(drawn, Quirks::NONE).descriptions().peer(0), 1);
}

// --- datagrams ---------------------------------------------------------------------------------------------------------

const UDP: [&str; 2] = ["> socket domain=2 type=2 proto=17", "< socket fd=3"];

#[test]
fn a_dns_exchange_keeps_the_client_first_in_both_directions() {
    let calls = [
        UDP[0],
        UDP[1],
        "> sendto fd=3 size=1 tuple=10.0.0.1:40251->8.8.8.8:53",
        "< sendto res=1 data=q",
        "> recvfrom fd=3 size=512",
        "< recvfrom res=1 data=a tuple=8.8.8.8:53->10.0.0.1:40251",
    ];
    for until in [4, 6] {
        for face in [right, sysdig] {
            assert_eq!(fd_at_end(face, &classic("", &calls[..until]), 3), "3(<4u>10.0.0.1:40251->8.8.8.8:53)");
        }
    }
}

#[test]
fn a_server_of_datagrams_has_its_clients_first() {
    let calls = [
        UDP[0],
        UDP[1],
        "> bind fd=3",
        "< bind res=0 addr=10.0.0.1:53",
        "> recvfrom fd=3 size=512",
        "< recvfrom res=1 data=q tuple=10.0.0.2:4000->10.0.0.1:53",
        "> sendto fd=3 size=1 tuple=10.0.0.1:53->10.0.0.2:4000",
        "< sendto res=1 data=a",
        "> recvfrom fd=3 size=512",
        "< recvfrom res=1 data=q tuple=10.0.0.9:4009->10.0.0.1:53",
    ];
    assert_eq!(fd_at_end(right, &classic("", &calls[..4]), 3), "3(<4u>10.0.0.1:53)");
    assert_eq!(fd_at_end(right, &classic("", &calls[..6]), 3), "3(<4u>10.0.0.2:4000->10.0.0.1:53)");
    assert_eq!(fd_at_end(right, &classic("", &calls[..8]), 3), "3(<4u>10.0.0.2:4000->10.0.0.1:53)");
    assert_eq!(fd_at_end(right, &classic("", &calls), 3), "3(<4u>10.0.0.9:4009->10.0.0.1:53)");
}

#[test]
fn a_bound_socket_that_sends_shows_whom_it_sends_to_and_not_its_own_port() {
    let interface = "interface eth0 192.168.128.156/255.255.255.0";
    let send = ["> sendto fd=3 size=1 tuple=0.0.0.0:55441->127.0.0.1:514", "< sendto res=1 data=x"];
    let listed = classic(&format!("{interface}\nfd tid=10 fd=3 server 0.0.0.0:55441 l4=udp"), &send);
    let bound = classic(interface, &[UDP[0], UDP[1], "> bind fd=3", "< bind res=0 addr=0.0.0.0:55441", send[0], send[1]]);
    for drawn in [&listed, &bound] {
        assert_eq!(fd_at_end(right, drawn, 3), "3(<4u>127.0.0.1:55441->127.0.0.1:514)");
    }
    // 0xd891 is 55441, and 3 stands for UDP; a bound socket is a server, whose clients come first.
    assert_eq!(fd_at_end(sysdig, &listed, 3), "3(<4u>192.168.128.156:55441->145.216.3.0:514)");
    assert_eq!(fd_at_end(sysdig, &bound, 3), "3(<4u>145.216.3.0:514->192.168.128.156:55441)");
}

#[test]
fn a_server_of_the_list_that_receives_shows_its_client_and_not_its_own_port() {
    let lists = "fd tid=10 fd=3 server 127.0.0.1:8125 l4=udp";
    let drawn = classic(lists, &["> recvfrom fd=3 size=512", "< recvfrom res=1 data=x tuple=127.0.0.1:60726->127.0.0.1:8125"]);
    assert_eq!(fd_at_end(right, &drawn, 3), "3(<4u>127.0.0.1:60726->127.0.0.1:8125)");
    assert_eq!(fd_at_end(sysdig, &drawn, 3), "3(<4u>127.0.0.1:60726->189.31.3.0:8125)");
}

#[test]
fn an_unknown_number_that_sends_is_a_socket_from_its_enter_on() {
    let calls = ["> sendto fd=6 size=85 tuple=127.0.0.1:35764->127.0.0.1:8081", "< sendto res=85 data=x"];
    let drawn = classic("", &calls);
    for face in [right, sysdig] {
        assert_eq!(face(&drawn)[0], "net (10) > sendto fd=6(<4>) size=85 tuple=127.0.0.1:35764->127.0.0.1:8081");
    }
    assert_eq!(fd_at_end(right, &drawn, 6), "6(<4>127.0.0.1:35764->127.0.0.1:8081)");
    assert_eq!(fd_at_end(sysdig, &drawn, 6), "6(<4u>127.0.0.1:35764->127.0.0.1:8081)");
}

#[test]
fn a_stream_keeps_its_name_whatever_send_says() {
    let calls = ["> accept", "< accept fd=4 tuple=10.0.0.2:4000->10.0.0.1:80 queuepct=0", "> recvfrom fd=4 size=1", "< recvfrom res=1 data=x tuple=10.9.9.9:1->10.0.0.1:80"];
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &classic("", &calls), 4), "4(<4t>10.0.0.2:4000->10.0.0.1:80)");
    }
}

#[test]
fn a_failed_send_or_receive_changes_nothing() {
    let calls = [UDP[0], UDP[1], "> sendto fd=3 size=1 tuple=10.0.0.1:40251->8.8.8.8:53", "< sendto res=-11 data=q"];
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &classic("", &calls), 3), "3(<4>)");
    }
}

#[test]
fn a_unix_datagram_names_its_receiver() {
    let calls = ["> socket domain=1 type=2 proto=0", "< socket fd=3", "> sendto fd=3 size=1 tuple=0->ffff05 /dev/log", "< sendto res=1 data=x"];
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &classic("", &calls), 3), "3(<u>0->ffff05 /dev/log)");
    }
}

#[test]
fn shutdown_and_options_change_no_name() {
    let drawn = newest(
        "fd tid=10 fd=3 ipv4 10.0.0.1:1->10.0.0.2:2",
        &["shutdown res=0 fd=3 how=1", "getsockopt res=0 fd=3 level=1 optname=4 val=1:-111 optlen=4", "listen res=0 fd=3 backlog=5"],
    );
    assert_eq!(fd_at_end(right, &drawn, 3), "3(<4t>10.0.0.1:1->10.0.0.2:2)");
}

#[test]
fn exit_only_captures_name_sockets_from_their_exits() {
    let drawn = newest(
        "",
        &[
            "socket fd=3 domain=2 type=1 proto=0",
            "connect res=0 tuple=10.0.0.1:4000->10.0.0.2:80 fd=3 addr=10.0.0.2:80",
            "socket fd=4 domain=2 type=2 proto=17",
            "sendto res=1 data=x fd=4 size=1 tuple=10.0.0.1:5->8.8.8.8:53",
            "dup res=5 oldfd=3",
        ],
    );
    for face in [right, sysdig] {
        assert_eq!(fd_at_end(face, &drawn, 3), "3(<4t>10.0.0.1:4000->10.0.0.2:80)");
        assert_eq!(fd_at_end(face, &drawn, 4), "4(<4u>10.0.0.1:5->8.8.8.8:53)");
        assert_eq!(fd_at_end(face, &drawn, 5), "5(<4t>10.0.0.1:4000->10.0.0.2:80)");
    }
}
