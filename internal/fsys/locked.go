package fsys

import "errors"

// ErrLocked says that another process holds the lock that was asked for.
var ErrLocked = errors.New("locked by another process")
