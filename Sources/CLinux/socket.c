#define _GNU_SOURCE
#include "cel_socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

int cel_local_socket(void) {
  int number = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return number < 0 ? -errno : number;
}

int cel_accept(int listening, uid_t *uid) {
  int client = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client < 0) return -errno;
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
    int error = errno;
    close(client);
    return -error;
  }
  *uid = peer.uid;
  return client;
}

pid_t cel_peer(int socket) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? 0 : peer.pid;
}
