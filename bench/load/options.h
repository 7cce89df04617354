/* What the load generator is asked to do, and how it gives up. */
#ifndef EDO_BENCH_OPTIONS_H
#define EDO_BENCH_OPTIONS_H

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_PIDS 256

struct options {
  int udp, idle, port, connections;
  int pids[MOST_PIDS], pid_count; /* the server's processes, none if their figures are not wanted */
  size_t size;
  double seconds, warmup;
};

static struct options opt = {.connections = 50, .size = 64, .seconds = 2.0, .warmup = 0.7};

static void die(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "load: ");
  vfprintf(stderr, format, args);
  fprintf(stderr, "\n");
  exit(1);
}

static void add_pid(int pid) {
  if (opt.pid_count == MOST_PIDS) die("more than %d processes", MOST_PIDS);
  opt.pids[opt.pid_count++] = pid;
}

static void parse_options(int argc, char **argv) {
  static const struct option longs[] = {
      {"udp", no_argument, NULL, 'u'},
      {"idle", no_argument, NULL, 'd'},
      {"port", required_argument, NULL, 'p'},
      {"connections", required_argument, NULL, 'c'},
      {"size", required_argument, NULL, 's'},
      {"seconds", required_argument, NULL, 't'},
      {"warmup", required_argument, NULL, 'w'},
      {"pid", required_argument, NULL, 'i'},
      {NULL, 0, NULL, 0},
  };
  for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
    if (c == 'u') opt.udp = 1;
    else if (c == 'd') opt.idle = 1;
    else if (c == 'p') opt.port = atoi(optarg);
    else if (c == 'c') opt.connections = atoi(optarg);
    else if (c == 's') opt.size = strtoul(optarg, NULL, 10);
    else if (c == 't') opt.seconds = atof(optarg);
    else if (c == 'w') opt.warmup = atof(optarg);
    else if (c == 'i') add_pid(atoi(optarg));
    else exit(2);
  }
  if (opt.port <= 0 || opt.connections <= 0 || opt.size == 0 || opt.seconds <= 0 || optind < argc) {
    fprintf(stderr, "usage: load --port N [--udp] [--connections N] [--size BYTES] [--seconds S] "
                    "[--warmup S] [--pid SERVER]...\n"
                    "       load --idle --port N [--connections N]\n");
    exit(2);
  }
  if (opt.udp && opt.idle) die("an idle connection is one of TCP");
  if (opt.udp && opt.size > 65507) die("a datagram has at most 65507 bytes");
}

#endif
