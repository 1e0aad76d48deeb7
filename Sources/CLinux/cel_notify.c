#define _GNU_SOURCE
#include "cel_notify.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int cel_notify_socket(char *name, size_t size) {
  int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (number < 0) return -errno;

  // Bound with nothing but the family, it is given a name.
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  socklen_t length = sizeof address;
  int on = 1;
  if (setsockopt(number, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
      bind(number, (struct sockaddr *)&address, sizeof address.sun_family) < 0 ||
      getsockname(number, (struct sockaddr *)&address, &length) < 0) {
    int error = errno;
    close(number);
    return -error;
  }
  size_t text = length - offsetof(struct sockaddr_un, sun_path);
  if (text + 1 > size) {
    close(number);
    return -ENAMETOOLONG;
  }
  memcpy(name, address.sun_path, text);
  name[0] = '@';
  name[text] = 0;
  return number;
}

ssize_t cel_notify_receive(int socket, void *buffer, size_t size, pid_t *sender) {
  // There is no room for descriptors: the kernel closes those that somebody sends.
  union {
    char bytes[CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr aligned;
  } control;
  struct iovec part = {.iov_base = buffer, .iov_len = size};
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = sizeof control.bytes};
  *sender = 0;
  ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0) return -errno;
  for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item))
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_CREDENTIALS) {
      struct ucred credentials;
      memcpy(&credentials, CMSG_DATA(item), sizeof credentials);
      *sender = credentials.pid;
    }
  return length;
}
