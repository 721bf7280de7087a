//! Kinds of activity of the calls that have no event of their own.

/// What sysdig 0.29.3 files a call under.
pub(super) fn category(name: &str) -> &'static str {
    match name {
        "<unknown>" | "<unknown syscall>" | "unknown" => "other",
        "epoll_pwait" | "epoll_wait" | "epoll_ctl" | "epoll_create" | "epoll_create1" | "wait4" | "waitid" | "waitpid" | "pselect6" | "select" | "ppoll" | "poll" => "wait",
        "nanosleep" | "clock_nanosleep" | "sched_yield" | "pause" => "sleep",
        "timerfd_settime" | "timerfd_gettime" | "timerfd_create" | "timer_create" | "timer_settime" | "timer_gettime" | "timer_getoverrun" | "timer_delete" | "utime" | "times"
        | "time" | "gettimeofday" | "settimeofday" | "clock_gettime" | "clock_settime" | "clock_getres" | "alarm" | "getitimer" | "setitimer" | "adjtimex" => "time",
        "rt_sigaction" | "rt_sigprocmask" | "rt_sigpending" | "rt_sigsuspend" | "rt_sigtimedwait" | "rt_sigqueueinfo" | "sigaltstack" | "sigreturn" | "rt_sigreturn" | "kill"
        | "tgkill" | "tkill" | "signalfd" | "signalfd4" | "sigprocmask" | "sigaction" => "signal",
        "gettid" | "clone" | "clone3" | "fork" | "vfork" | "execve" | "execveat" | "exit" | "set_robust_list" | "get_robust_list" | "getpid" | "getppid" | "getpgrp" | "getpgid"
        | "setpgid" | "getsid" | "setsid" | "arch_prctl" | "set_tid_address" | "prctl" | "chroot" | "umask" | "ptrace" | "getpriority" | "setpriority" | "sched_setscheduler"
        | "sched_getscheduler" | "sched_setparam" | "sched_getparam" | "sched_setaffinity" | "sched_getaffinity" | "sched_get_priority_max" | "sched_get_priority_min"
        | "sched_rr_get_interval" | "getrlimit" | "setrlimit" | "prlimit" | "getrusage" | "capget" | "capset" | "nice" | "unshare" | "setns" => "process",
        "getuid" | "geteuid" | "getgid" | "getegid" | "setuid" | "setgid" | "getresuid" | "getresgid" | "setresuid" | "setresgid" | "setreuid" | "setregid" | "setfsuid"
        | "setfsgid" | "getgroups" | "setgroups" => "user",
        "madvise" | "mprotect" | "mmap" | "munmap" | "mremap" | "brk" | "mlock" | "munlock" | "mlockall" | "munlockall" | "mincore" | "msync" | "remap_file_pages" | "mbind"
        | "get_mempolicy" | "set_mempolicy" | "migrate_pages" | "move_pages" => "memory",
        "sysinfo" | "uname" | "keyctl" | "add_key" | "request_key" | "sethostname" | "setdomainname" | "reboot" | "init_module" | "delete_module" | "syslog" | "acct" => "system",
        "socket" | "bind" | "connect" | "listen" | "accept" | "accept4" | "getsockname" | "getpeername" | "getsockopt" | "setsockopt" | "shutdown" | "sendto" | "sendmsg"
        | "recvfrom" | "recvmsg" | "sendmmsg" | "recvmmsg" | "socketpair" => "net",
        "pipe" | "pipe2" | "tee" | "splice" | "vmsplice" | "futex" | "msgget" | "msgsnd" | "msgrcv" | "msgctl" | "semget" | "semop" | "semctl" | "semtimedop" | "shmget" | "shmat"
        | "shmdt" | "shmctl" | "mq_open" | "mq_unlink" | "mq_timedsend" | "mq_timedreceive" | "mq_notify" | "mq_getsetattr" => "IPC",
        "ftruncate" | "truncate" | "statfs" | "fstatfs" | "chdir" | "fchdir" | "readlink" | "readlinkat" | "getxattr" | "lgetxattr" | "fgetxattr" | "setxattr" | "lsetxattr"
        | "fsetxattr" | "listxattr" | "llistxattr" | "flistxattr" | "removexattr" | "lremovexattr" | "fremovexattr" | "mkdir" | "mkdirat" | "rmdir" | "stat" | "lstat" | "fstat"
        | "stat64" | "lstat64" | "fstat64" | "fstatat64" | "ustat" | "syncfs" | "sync" | "rename" | "renameat" | "renameat2" | "link" | "linkat" | "symlink" | "symlinkat" | "chmod"
        | "fchmod" | "fchmodat" | "chown" | "fchown" | "lchown" | "fchownat" | "utimensat" | "futimesat" | "unlink" | "unlinkat" | "mknod" | "mknodat" | "getcwd" | "access"
        | "faccessat" | "open" | "openat" | "openat2" | "creat" | "mount" | "umount" | "umount2" | "pivot_root" | "quotactl" | "inotify_add_watch" | "inotify_rm_watch"
        | "inotify_init" | "inotify_init1" | "flock" | "lseek" | "getdents" | "getdents64" | "ioctl" | "fcntl" | "dup" | "dup2" | "dup3" | "swapon" | "swapoff" => "file",
        _ => "unknown",
    }
}
