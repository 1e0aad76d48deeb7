#ifndef CEL_LEASE_H
#define CEL_LEASE_H

/// Asks whether nobody has the file open for writing, by taking a read lease and giving it back.
///
/// 0: nobody has. EAGAIN: somebody has, be it only through a shared writable mapping. EACCES,
/// EINVAL, EOPNOTSUPP: the file is another user's, or its file system knows no leases.
int cel_no_writer(int fd);

#endif
