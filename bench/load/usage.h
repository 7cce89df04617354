/*
 * Who used how much processor time: the server, this process, everybody else.
 *
 * A process's CPU clock counts all its threads, ended ones too, in nanoseconds, and any process may
 * read it; /proc/PID/stat has the same sum in ticks of 10 ms.
 */
#ifndef EDO_BENCH_USAGE_H
#define EDO_BENCH_USAGE_H

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "options.h"

#define SECOND 1000000000ull
#define MILLISECOND 1000000ull

struct usage {
  uint64_t server, load, machine; /* nanoseconds */
};

static uint64_t read_clock(clockid_t id) {
  struct timespec t;
  if (clock_gettime(id, &t) != 0) die("clock_gettime: %s", strerror(errno));
  return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static uint64_t server_cpu(void) {
  uint64_t sum = 0;
  clockid_t id;
  for (int i = 0; i < opt.pid_count; i++)
    if (clock_getcpuclockid(opt.pids[i], &id) == 0) sum += read_clock(id);
  return sum;
}

/* Busy time of all processors, from the first line of /proc/stat: all but `idle` and `iowait`. */
static uint64_t machine_cpu(void) {
  unsigned long long user = 0, nice = 0, system = 0, irq = 0, softirq = 0, steal = 0;
  FILE *file = fopen("/proc/stat", "r");
  if (!file) return 0;
  int n = fscanf(file, "cpu %llu %llu %llu %*u %*u %llu %llu %llu", &user, &nice, &system, &irq,
                 &softirq, &steal);
  fclose(file);
  if (n != 6) return 0;
  return (user + nice + system + irq + softirq + steal) * (SECOND / (uint64_t)sysconf(_SC_CLK_TCK));
}

static struct usage usage_now(void) {
  struct usage u = {server_cpu(), read_clock(CLOCK_PROCESS_CPUTIME_ID), machine_cpu()};
  return u;
}

static struct usage usage_since(struct usage before) {
  struct usage u = usage_now();
  u.server -= before.server;
  u.load -= before.load;
  u.machine -= before.machine;
  return u;
}

/* How many processors others kept busy meanwhile. Ticks are coarse, hence never below zero. */
static double others_cpu(struct usage u, double seconds) {
  double rest = (double)u.machine - (double)u.server - (double)u.load;
  return rest > 0 ? rest / 1e9 / seconds : 0;
}

static long rss_kib(int pid) {
  char path[64], line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &kib);
  if (file) fclose(file);
  return kib;
}

static long server_rss_kib(void) {
  long sum = 0;
  for (int i = 0; i < opt.pid_count; i++) sum += rss_kib(opt.pids[i]);
  return sum;
}

#endif
