/*
 * UDP echo in C: wait with epoll, then recvfrom and sendto until the socket is empty.
 * A reply that finds no room is dropped, as a network would.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>

#include "listening.h"

static char buffer[65536];

static void echo_all(int fd) {
  for (;;) {
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    if (n >= 0) {
      sendto(fd, buffer, (size_t)n, 0, (struct sockaddr *)&from, length);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR && errno != ECONNREFUSED) {
      fail("recvfrom");
    }
  }
}

int main(int argc, char **argv) {
  int fd = bind_loopback(SOCK_DGRAM, parse_port(argc, argv)), epoll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  say_where(fd);
  for (;;) {
    int n = epoll_wait(epoll_fd, &event, 1, -1);
    if (n < 0 && errno != EINTR) fail("epoll_wait");
    if (n > 0) echo_all(fd);
  }
}
