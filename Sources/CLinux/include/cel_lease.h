#ifndef CEL_LEASE_H
#define CEL_LEASE_H

/// Takes a read lease on a file, which is granted only while nobody has it open for writing.
///
/// 0: granted. EAGAIN: somebody writes, be it only through a shared writable mapping. EACCES,
/// EINVAL, EOPNOTSUPP: the file is another user's, or its file system knows no leases. Who opens
/// the file for writing while the lease lasts has to wait, so it is given back at once.
int cel_lease(int fd);

/// Gives a lease back.
void cel_lease_end(int fd);

#endif
