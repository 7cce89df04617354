/*
 * The load generator: one thread, one epoll, a closed loop over TCP or UDP echo connections.
 *
 * Each connection has one message outstanding. A reply must be whole and carry the right stamp
 * before the next request leaves, so `messages / seconds` is the rate and nothing can be counted
 * twice. One clock reading per message ends one latency and starts the next; hence
 * rate x mean latency = connections, a check on every figure printed here.
 *
 * With --pid, once or several times, the CPU time of those processes is read at both edges of the
 * measured window, and their memory at the end while the connections are still open: the only
 * process that knows these moments exactly is this one.
 *
 * With --idle, it opens its connections, says so in a line, and keeps them, silent, until stdin ends.
 *
 * Result: one JSON line on stdout. Anything wrong (a lost connection, a wrong byte): one line on
 * stderr and exit status 1.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "histogram.h"
#include "options.h"
#include "usage.h"

#define STAMP 8
#define EVENTS 512
#define SCRATCH 65536
#define RESEND_AFTER (100 * MILLISECOND)
#define LOOK_FOR_LOST_EVERY (20 * MILLISECOND)
#define DRAIN_FOR (500 * MILLISECOND)

struct connection {
  int fd;
  int wants_out;
  uint32_t sequence;
  size_t sent, received;
  uint64_t started_at; /* when the message left first: what latency counts from */
  uint64_t sent_at;    /* UDP: when it left last, for the resend timer */
  uint64_t messages;
};

static struct connection *connections;
static struct histogram latencies;
static uint64_t resent, stale, resent_before, stale_before; /* before: during the warm-up */
static unsigned char *request, scratch[SCRATCH];
static int epoll_fd, draining, outstanding;

static uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

/* ---- the stamp: connection number and sequence number, first and (if there is room) last ---- */

static void make_stamp(const struct connection *c, unsigned char stamp[STAMP]) {
  uint32_t words[2] = {c->sequence, (uint32_t)(c - connections)};
  memcpy(stamp, words, STAMP);
}

static void stamp_request(const struct connection *c) {
  unsigned char stamp[STAMP];
  make_stamp(c, stamp);
  memcpy(request, stamp, opt.size < STAMP ? opt.size : STAMP);
  if (opt.size >= 2 * STAMP) memcpy(request + opt.size - STAMP, stamp, STAMP);
}

/* Compares the part of a stamp starting at byte `at` of the message that lies in this chunk. */
static int stamp_matches(const unsigned char *stamp, size_t at, const unsigned char *chunk,
                         size_t offset, size_t length) {
  for (size_t i = 0; i < STAMP && at + i < opt.size; i++) {
    size_t position = at + i;
    if (position < offset || position >= offset + length) continue;
    if (chunk[position - offset] != stamp[i]) return 0;
  }
  return 1;
}

static int chunk_is_right(const struct connection *c, size_t offset, size_t length) {
  unsigned char stamp[STAMP];
  make_stamp(c, stamp);
  if (!stamp_matches(stamp, 0, scratch, offset, length)) return 0;
  if (opt.size < 2 * STAMP) return 1;
  return stamp_matches(stamp, opt.size - STAMP, scratch, offset, length);
}

/* ---- sending ---- */

static void watch(struct connection *c, int operation, int wants_out) {
  struct epoll_event event = {.events = EPOLLIN | (wants_out ? EPOLLOUT : 0), .data.ptr = c};
  if (epoll_ctl(epoll_fd, operation, c->fd, &event) != 0) die("epoll_ctl: %s", strerror(errno));
  c->wants_out = wants_out;
}

static void send_rest(struct connection *c) {
  stamp_request(c);
  while (c->sent < opt.size) {
    ssize_t n = send(c->fd, request + c->sent, opt.size - c->sent, MSG_NOSIGNAL);
    if (n >= 0) {
      c->sent += (size_t)n;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      die("send on connection %td: %s", c - connections, strerror(errno));
    }
  }
  int wants_out = c->sent < opt.size;
  if (wants_out != c->wants_out) watch(c, EPOLL_CTL_MOD, wants_out);
}

/* A datagram that cannot be sent now is a lost one: the resend timer brings it back. */
static void send_datagram(struct connection *c, uint64_t at) {
  stamp_request(c);
  c->sent_at = at;
  ssize_t n = send(c->fd, request, opt.size, MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != ECONNREFUSED && errno != ENOBUFS) {
    die("send on connection %td: %s", c - connections, strerror(errno));
  }
}

static void start_message(struct connection *c, uint64_t at) {
  c->sequence++;
  c->sent = c->received = 0;
  c->started_at = at;
  if (opt.udp) {
    send_datagram(c, at);
  } else {
    send_rest(c);
  }
}

static void finish_message(struct connection *c) {
  uint64_t at = now();
  if (draining) {
    outstanding--;
    return;
  }
  histogram_add(&latencies, at - c->started_at);
  c->messages++;
  start_message(c, at);
}

/* ---- receiving ---- */

static void receive_stream(struct connection *c) {
  ssize_t n = recv(c->fd, scratch, sizeof scratch, 0);
  if (n == 0) die("connection %td was closed by the server", c - connections);
  if (n < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    die("recv on connection %td: %s", c - connections, strerror(errno));
  }
  if (c->received + (size_t)n > c->sent) die("more bytes came back than were sent");
  if (!chunk_is_right(c, c->received, (size_t)n)) die("a reply carries the wrong bytes");
  c->received += (size_t)n;
  if (c->received == opt.size) finish_message(c);
}

static void receive_datagram(struct connection *c) {
  ssize_t n = recv(c->fd, scratch, sizeof scratch, 0);
  if (n < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED) return;
    die("recv on connection %td: %s", c - connections, strerror(errno));
  }
  if ((size_t)n != opt.size) die("a datagram of %zd bytes came back for %zu", n, opt.size);
  if (chunk_is_right(c, 0, (size_t)n)) {
    finish_message(c);
  } else if (resent > 0) {
    stale++; /* the answer to a datagram that was sent twice */
  } else {
    die("a reply carries the wrong bytes");
  }
}

static void resend_lost(void) {
  uint64_t at = now();
  for (int i = 0; i < opt.connections; i++) {
    struct connection *c = &connections[i];
    if (at - c->sent_at < RESEND_AFTER) continue;
    resent++;
    send_datagram(c, at);
  }
}

/* ---- the loop ---- */

static void run_until(uint64_t end) {
  struct epoll_event events[EVENTS];
  uint64_t next_look = now() + LOOK_FOR_LOST_EVERY;
  for (uint64_t at = now(); at < end && (!draining || outstanding > 0); at = now()) {
    uint64_t left = end - at < LOOK_FOR_LOST_EVERY ? end - at : LOOK_FOR_LOST_EVERY;
    int n = epoll_wait(epoll_fd, events, EVENTS, (int)(left / MILLISECOND) + 1);
    if (n < 0 && errno != EINTR) die("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) send_rest(c);
      if (!(events[i].events & ~(uint32_t)EPOLLOUT)) continue;
      if (opt.udp) {
        receive_datagram(c);
      } else {
        receive_stream(c);
      }
    }
    if (opt.udp && !draining && at >= next_look) {
      resend_lost();
      next_look = at + LOOK_FOR_LOST_EVERY;
    }
  }
}

static int open_socket(void) {
  int fd = socket(AF_INET, opt.udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  if (fd < 0) die("socket: %s", strerror(errno));
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    die("connect to port %d: %s", opt.port, strerror(errno));
  }
  int one = 1;
  if (!opt.udp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static void open_connections(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  connections = calloc((size_t)opt.connections, sizeof *connections);
  request = calloc(1, opt.size);
  epoll_fd = epoll_create1(0);
  if (!connections || !request || epoll_fd < 0) die("set-up: %s", strerror(errno));
  for (int i = 0; i < opt.connections; i++) {
    connections[i].fd = open_socket();
    watch(&connections[i], EPOLL_CTL_ADD, 0);
    if (i % 100 == 99) usleep(2000); /* lets a server on our core empty its accept queue */
  }
}

/* ---- idle connections ---- */

/* They end with a reset, which leaves no port waiting: the next run needs as many. */
static void reset_connections(void) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  for (int i = 0; i < opt.connections; i++) {
    setsockopt(connections[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(connections[i].fd);
  }
}

static void stay_idle(void) {
  struct epoll_event event;
  printf("open\n");
  fflush(stdout);
  while (read(STDIN_FILENO, scratch, sizeof scratch) > 0) continue;
  if (epoll_wait(epoll_fd, &event, 1, 0) != 0) {
    struct connection *c = event.data.ptr;
    die("connection %td did not stay open and silent", c - connections);
  }
  reset_connections();
}

/* ---- result ---- */

static void print_result(double seconds, struct usage used) {
  uint64_t least = UINT64_MAX, most = 0;
  for (int i = 0; i < opt.connections; i++) {
    if (connections[i].messages < least) least = connections[i].messages;
    if (connections[i].messages > most) most = connections[i].messages;
  }
  printf("{\"messages\":%llu,\"seconds\":%.6f,\"rate\":%.1f,",
         (unsigned long long)latencies.total, seconds, (double)latencies.total / seconds);
  printf("\"p50_us\":%.3f,\"p90_us\":%.3f,\"p99_us\":%.3f,\"p999_us\":%.3f,\"max_us\":%.3f,",
         (double)histogram_at(&latencies, 0.5) / 1e3, (double)histogram_at(&latencies, 0.9) / 1e3,
         (double)histogram_at(&latencies, 0.99) / 1e3,
         (double)histogram_at(&latencies, 0.999) / 1e3, (double)latencies.max / 1e3);
  printf("\"resent\":%llu,\"stale\":%llu,\"min_per_connection\":%llu,\"max_per_connection\":%llu,",
         (unsigned long long)(resent - resent_before), (unsigned long long)(stale - stale_before),
         (unsigned long long)least, (unsigned long long)most);
  printf("\"server_cpu_us\":%.3f,\"load_cpu_us\":%.3f,\"others_cpu\":%.3f,\"server_rss_kib\":%ld}\n",
         (double)used.server / 1e3, (double)used.load / 1e3, others_cpu(used, seconds),
         server_rss_kib());
}

int main(int argc, char **argv) {
  parse_options(argc, argv);
  open_connections();
  if (opt.idle) {
    stay_idle();
    return 0;
  }
  for (int i = 0; i < opt.connections; i++) start_message(&connections[i], now());
  run_until(now() + (uint64_t)(opt.warmup * 1e9));

  histogram_clear(&latencies);
  resent_before = resent;
  stale_before = stale;
  for (int i = 0; i < opt.connections; i++) connections[i].messages = 0;
  struct usage before = usage_now();
  uint64_t began = now();
  run_until(began + (uint64_t)(opt.seconds * 1e9));
  double seconds = (double)(now() - began) / 1e9;
  struct usage used = usage_since(before);

  if (latencies.total == 0) die("not one reply came in %.1f s", opt.seconds);
  print_result(seconds, used);
  draining = 1;
  outstanding = opt.connections;
  run_until(now() + DRAIN_FOR); /* leave no reply unread, so that servers see a clean end */
  return 0;
}
