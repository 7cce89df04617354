/* What both C echo servers start with: `--port N`, a bound socket, the line that says where. */
#ifndef EDO_BENCH_LISTENING_H
#define EDO_BENCH_LISTENING_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int parse_port(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--port") == 0) return atoi(argv[i + 1]);
  }
  return 0;
}

static int bind_loopback(int type, int port) {
  int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0), one = 1;
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
  return fd;
}

static void say_where(int fd) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) fail("getsockname");
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
}

#endif
