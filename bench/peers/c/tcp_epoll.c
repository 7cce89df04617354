/*
 * TCP echo in C: what the others are measured against.
 *
 * One thread, one epoll, edge-triggered connections, one 64 KiB buffer for all. A short read means
 * the socket is empty (epoll(7)), which saves the read that would only say so. While a reply waits
 * for room in the socket the connection is not read, so memory is bounded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "listening.h"

#define EVENTS 512
#define BUFFER 65536

struct connection {
  int fd;
  char *pending; /* the part of a reply the socket had no room for */
  size_t length, written;
};

static char buffer[BUFFER];
static int epoll_fd;

static void drop(struct connection *c) {
  close(c->fd); /* leaves the epoll set by itself */
  free(c->pending);
  free(c);
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), one = 1;
    if (fd < 0) {
      if (errno == EAGAIN) return;
      if (errno == EINTR || errno == ECONNABORTED) continue;
      fail("accept4");
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = calloc(1, sizeof *c);
    if (!c) fail("calloc");
    c->fd = fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
    event.data.ptr = c;
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }
}

/* How many bytes the socket took: fewer than asked when it is full, -1 when it is gone. */
static ssize_t send_all(int fd, const char *data, size_t length) {
  size_t sent = 0;
  while (sent < length) {
    ssize_t n = send(fd, data + sent, length - sent, MSG_NOSIGNAL);
    if (n >= 0) {
      sent += (size_t)n;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return (ssize_t)sent;
}

static int keep_pending(struct connection *c, const char *data, size_t length) {
  c->pending = malloc(length);
  if (!c->pending) return -1;
  memcpy(c->pending, data, length);
  c->length = length;
  c->written = 0;
  return 0;
}

/* 1: nothing is pending any more, 0: the socket is full again, -1: it is gone. */
static int flush_pending(struct connection *c) {
  if (!c->pending) return 1;
  ssize_t n = send_all(c->fd, c->pending + c->written, c->length - c->written);
  if (n < 0) return -1;
  c->written += (size_t)n;
  if (c->written < c->length) return 0;
  free(c->pending);
  c->pending = NULL;
  return 1;
}

/* -1 when the connection is over. A hang-up can share its edge with data: then read to the end. */
static int echo(struct connection *c, int hung_up) {
  int flushed = flush_pending(c);
  if (flushed <= 0) return flushed;
  for (;;) {
    ssize_t n = recv(c->fd, buffer, BUFFER, 0);
    if (n == 0) return -1;
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? 0 : -1;
    }
    ssize_t sent = send_all(c->fd, buffer, (size_t)n);
    if (sent < 0) return -1;
    if (sent < n) return keep_pending(c, buffer + sent, (size_t)(n - sent));
    if (n < BUFFER && !hung_up) return 0;
  }
}

int main(int argc, char **argv) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);

  int listener = bind_loopback(SOCK_STREAM, parse_port(argc, argv));
  if (listen(listener, 4096) != 0) fail("listen");
  epoll_fd = epoll_create1(0);
  struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll_ctl");
  say_where(listener);

  for (;;) {
    int n = epoll_wait(epoll_fd, events, EVENTS, -1);
    if (n < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      int hung_up = (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
      if (!c) {
        accept_all(listener);
      } else if (echo(c, hung_up) < 0) {
        drop(c);
      }
    }
  }
}
