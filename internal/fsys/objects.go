package fsys

// Objects is an FS without renames, links and durable folders: an object store. A file
// is there, whole, once it was synced, and not before; a folder is what the paths of
// objects begin with, and needs no making.
type Objects interface {
	FS
	// Replace writes a file anew, in the place of an older one.
	Replace(path string) (File, error)
	// Stamp makes the pointer at a path one's own, without moving it: whoever
	// stamped it before cannot move it any more. There may be none yet.
	Stamp(path string) (Pointer, error)
}

// Pointer is an object that names another one, as a link would. Readlink reads it.
type Pointer interface {
	// Point moves the pointer; the error wraps ErrLocked, and nothing has moved,
	// where another process has stamped it since.
	Point(target string) error
}

// ObjectsAt is the object store in which a path lies; nil for one on a file system.
func ObjectsAt(files FS, path string) Objects {
	if f, ok := files.(interface{ ObjectsAt(path string) Objects }); ok {
		return f.ObjectsAt(path)
	}
	return nil
}
