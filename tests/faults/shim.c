/* Counts every mutating call below FAULT_ROOT and makes one of them fail: the Nth, by kill, ENOSPC, EIO or a short write.
   Armed by shim_arm(n, kind) after a fork, so that nothing is counted while Python imports. kind 0 counts only. With a log
   descriptor set, every counted call is written there: what was synced and what was renamed can be read from it afterwards. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, KILL, NOSPC, IO, SHORT };
static atomic_long calls;
static long target = -1;
static int kind, logfd = -1;
static char root[PATH_MAX];

void shim_arm(const char *where, long n, int what, int log) {
    strncpy(root, where, sizeof root - 1);
    target = n; kind = what; logfd = log;
    atomic_store(&calls, 0);
}
long shim_calls(void) { return atomic_load(&calls); }

static int inside(const char *path) {
    char full[PATH_MAX];
    if (!root[0] || !path) return 0;
    if (path[0] != '/') {
        if (!getcwd(full, sizeof full)) return 0;
        strncat(full, "/", sizeof full - strlen(full) - 1);
        strncat(full, path, sizeof full - strlen(full) - 1);
        path = full;
    }
    return strncmp(path, root, strlen(root)) == 0;
}
static int fd_inside(int fd, char *path) {
    char link[64];
    if (!root[0] || fd < 0 || fd == logfd) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return inside(path);
}
/* Returns 0 to go on, -1 to fail with errno set, 1 for a short write. */
static int fault(const char *call, const char *path, const char *other) {
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (logfd >= 0) dprintf(logfd, "%ld\t%s\t%s\t%s\n", n, call, path ? path : "", other ? other : "");
    if (n != target) return 0;
    switch (kind) {
        case KILL: kill(getpid(), SIGKILL); pause(); return 0;
        case NOSPC: errno = ENOSPC; return -1;
        case IO: errno = EIO; return -1;
        case SHORT: return 1;
    }
    return 0;
}
#define REAL(name, type, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)

static int writes(int flags) { return flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC); }
#define OPEN(name) int name(const char *path, int flags, ...) { REAL(name, int, const char *, int, ...); \
    va_list a; va_start(a, flags); mode_t mode = va_arg(a, mode_t); va_end(a); \
    if (writes(flags) && inside(path) && fault("open", path, 0) < 0) return -1; return real(path, flags, mode); }
OPEN(open) OPEN(open64)
#define OPENAT(name) int name(int at, const char *path, int flags, ...) { REAL(name, int, int, const char *, int, ...); \
    va_list a; va_start(a, flags); mode_t mode = va_arg(a, mode_t); va_end(a); \
    if (writes(flags) && at == AT_FDCWD && inside(path) && fault("open", path, 0) < 0) return -1; return real(at, path, flags, mode); }
OPENAT(openat) OPENAT(openat64)
ssize_t write(int fd, const void *b, size_t n) { REAL(write, ssize_t, int, const void *, size_t); char p[PATH_MAX];
    if (fd_inside(fd, p)) { int f = fault("write", p, 0); if (f < 0) return -1; if (f > 0 && n > 1) return real(fd, b, n / 2); } return real(fd, b, n); }
ssize_t writev(int fd, const struct iovec *v, int c) { REAL(writev, ssize_t, int, const struct iovec *, int); char p[PATH_MAX];
    if (fd_inside(fd, p) && fault("write", p, 0) < 0) return -1; return real(fd, v, c); }
#define PWRITE(name, off) ssize_t name(int fd, const void *b, size_t n, off o) { REAL(name, ssize_t, int, const void *, size_t, off); char p[PATH_MAX]; \
    if (fd_inside(fd, p)) { int f = fault("write", p, 0); if (f < 0) return -1; if (f > 0 && n > 1) return real(fd, b, n / 2, o); } return real(fd, b, n, o); }
PWRITE(pwrite, off_t) PWRITE(pwrite64, off64_t)
#define ONE(name, label) int name(const char *path) { REAL(name, int, const char *); if (inside(path) && fault(label, path, 0) < 0) return -1; return real(path); }
ONE(unlink, "unlink") ONE(rmdir, "unlink")
int unlinkat(int at, const char *path, int flags) { REAL(unlinkat, int, int, const char *, int); char p[PATH_MAX];
    int in = at == AT_FDCWD ? inside(path) : fd_inside(at, p); if (in && fault("unlink", path, 0) < 0) return -1; return real(at, path, flags); }
int mkdir(const char *path, mode_t m) { REAL(mkdir, int, const char *, mode_t); if (inside(path) && fault("mkdir", path, 0) < 0) return -1; return real(path, m); }
#define TWO(name, label) int name(const char *a, const char *b) { REAL(name, int, const char *, const char *); if (inside(b) && fault(label, a, b) < 0) return -1; return real(a, b); }
TWO(rename, "rename") TWO(link, "link") TWO(symlink, "symlink")
int renameat(int d, const char *a, int e, const char *b) { REAL(renameat, int, int, const char *, int, const char *);
    if (inside(b) && fault("rename", a, b) < 0) return -1; return real(d, a, e, b); }
int linkat(int d, const char *a, int e, const char *b, int f) { REAL(linkat, int, int, const char *, int, const char *, int);
    if (inside(b) && fault("link", a, b) < 0) return -1; return real(d, a, e, b, f); }
#define SYNC(name) int name(int fd) { REAL(name, int, int); char p[PATH_MAX]; if (fd_inside(fd, p) && fault("fsync", p, 0) < 0) return -1; return real(fd); }
SYNC(fsync) SYNC(fdatasync)
#define TRUNC(name, off) int name(int fd, off n) { REAL(name, int, int, off); char p[PATH_MAX]; if (fd_inside(fd, p) && fault("truncate", p, 0) < 0) return -1; return real(fd, n); }
TRUNC(ftruncate, off_t) TRUNC(ftruncate64, off64_t)
