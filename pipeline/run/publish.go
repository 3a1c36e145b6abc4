package run

import "winback/internal/fsys"

// Publish completes the run: the manifest gets the run's name, as-of day and
// files and is written, the folder gets its name, current is pointed to it,
// old runs are removed and the lock is given back. All files must be closed.
//
// Where the path comes back empty, nothing was published, current is as it
// was, and the run is discarded. A path together with an error (StageRetire,
// StageUnlock) means that the run is published and that only the tidying up
// behind it failed; the next run tries that again.
func (d *Draft) Publish(m Manifest) (dir string, err error) {
	dir, err = d.publish(m)
	if dir == "" {
		// A folder that cannot be removed now is swept by the next run; the
		// first error is the one to tell.
		_ = d.Abort()
		return "", err
	}
	err = d.retire()
	if unlockErr := d.unlock(); err == nil {
		err = unlockErr
	}
	return dir, err
}

// publish goes as far as the swapped pointer. The folder comes back empty
// where the run did not become current.
func (d *Draft) publish(m Manifest) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended {
		return "", fail(StageWrite, d.dir, errEnded)
	}
	text, err := d.describe(m)
	if err != nil {
		return "", err
	}
	final := FolderOf(d.out, d.name)
	if err := d.place(text); err != nil {
		return "", err
	}
	if err := d.point(final); err != nil {
		return "", err
	}
	d.ended = true
	return final, nil
}

// describe is the text of the manifest, the last file of the run.
func (d *Draft) describe(m Manifest) (text []byte, err error) {
	m.FormatVersion, m.RunID, m.AsOf = FormatVersion, d.name.String(), d.name.AsOf
	m.Started, m.Finished = m.Started.UTC(), m.Finished.UTC()
	if m.Files, err = d.digests(); err != nil {
		return nil, err
	}
	text, err = m.encode()
	return text, fail(StageManifest, fsys.Join(d.dir, ManifestFile), err)
}

// restage gives an *Error another stage.
func restage(err error, stage Stage) error {
	if e, ok := err.(*Error); ok {
		return &Error{Stage: stage, Path: e.Path, Err: e.Err}
	}
	return err
}

// point swaps the pointer. Where the swap cannot be made durable it is undone,
// so that an error leaves current as it was.
func (d *Draft) point(final string) error {
	current := fsys.Join(d.out, currentLink)
	if d.pointer != nil {
		return d.swap(current)
	}
	if err := d.link(runsFolder + "/" + d.name.String()); err != nil {
		d.takeBack(final)
		return fail(StagePoint, current, err)
	}
	if err := d.files.SyncDir(d.out); err != nil {
		// The folder of the run may go only when no crash can bring back a
		// pointer to it.
		if d.unlink() == nil && d.files.SyncDir(d.out) == nil {
			d.takeBack(final)
		}
		return fail(StagePoint, d.out, err)
	}
	return nil
}

// swap points current, an object, to the run. Where that fails, the answer may be what
// was lost: the run stays, whole, whoever points to it or not.
func (d *Draft) swap(current string) error {
	err := d.pointer.Point(runsFolder + "/" + d.name.String())
	if err != nil {
		d.dir = ""
	}
	return fail(StagePoint, current, err)
}

// link points current to target; readers see the old or the new target.
func (d *Draft) link(target string) error {
	temp := fsys.Join(d.out, tempLink)
	if err := d.files.Symlink(target, temp); err != nil {
		return err
	}
	err := d.files.Rename(temp, fsys.Join(d.out, currentLink))
	if err != nil {
		_ = d.files.Remove(temp) // else the next run sweeps it
	}
	return err
}

// unlink points current back to where it was.
func (d *Draft) unlink() error {
	if d.previous == "" {
		return d.files.Remove(fsys.Join(d.out, currentLink))
	}
	return d.link(d.previous)
}
