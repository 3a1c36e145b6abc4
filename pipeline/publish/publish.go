package publish

import "path/filepath"

// Publish completes the run: the manifest gets the run's name, as-of day and
// files and is written, the folder gets its name, current is pointed to it,
// old runs are removed and the lock is given back. All files must be closed.
//
// Where the path comes back empty, nothing was published, current is as it
// was, and the run is discarded. A path together with an error (StageRetire,
// StageUnlock) means that the run is published and that only the tidying up
// behind it failed; the next run tries that again.
func (r *Run) Publish(m Manifest) (dir string, err error) {
	dir, err = r.publish(m)
	if dir == "" {
		// A folder that cannot be removed now is swept by the next run; the
		// first error is the one to tell.
		_ = r.Abort()
		return "", err
	}
	err = r.retire()
	if unlockErr := r.unlock(); err == nil {
		err = unlockErr
	}
	return dir, err
}

// publish goes as far as the swapped pointer. The folder comes back empty
// where the run did not become current.
func (r *Run) publish(m Manifest) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return "", fail(StageWrite, r.dir, errEnded)
	}
	if err := r.writeManifest(m); err != nil {
		return "", err
	}
	for _, dir := range r.folders() {
		if err := r.files.SyncDir(dir); err != nil {
			return "", fail(StageSync, dir, err)
		}
	}
	final := RunDir(r.out, r.name)
	if err := r.move(final); err != nil {
		return "", err
	}
	if err := r.point(final); err != nil {
		return "", err
	}
	r.ended = true
	return final, nil
}

// writeManifest writes the last file of the run.
func (r *Run) writeManifest(m Manifest) error {
	m.FormatVersion, m.RunID, m.AsOf = FormatVersion, r.name.String(), r.name.AsOf
	m.Started, m.Finished = m.Started.UTC(), m.Finished.UTC()
	m.Files = nil
	for _, name := range sortedKeys(r.made) {
		d, err := r.made[name].digest()
		if err != nil {
			return err
		}
		m.Files = append(m.Files, d)
	}
	path := filepath.Join(r.dir, ManifestFile)
	text, err := m.encode()
	if err != nil {
		return fail(StageManifest, path, err)
	}
	inner, err := r.files.Create(path)
	if err != nil {
		return fail(StageManifest, path, err)
	}
	f := newFile(inner, ManifestFile, path)
	_, err = f.Write(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return restage(err, StageManifest)
	}
	return nil
}

// restage gives an *Error another stage.
func restage(err error, stage Stage) error {
	if e, ok := err.(*Error); ok {
		return &Error{Stage: stage, Path: e.Path, Err: e.Err}
	}
	return err
}

// move gives the folder its name under runs/ and makes that durable.
func (r *Run) move(final string) error {
	if err := r.files.Rename(r.dir, final); err != nil {
		return fail(StageMove, final, err)
	}
	for _, dir := range []string{filepath.Dir(final), r.out} {
		if err := r.files.SyncDir(dir); err != nil {
			r.takeBack(final)
			return fail(StageMove, dir, err)
		}
	}
	return nil
}

// takeBack removes a run that did not become current. What cannot be removed
// stays as a complete run that nobody points to, or is swept by the next run.
func (r *Run) takeBack(final string) {
	_ = discard(r.files, r.out, StageAbort, []string{final})
}

// point swaps the pointer. Where the swap cannot be made durable it is undone,
// so that an error leaves current as it was.
func (r *Run) point(final string) error {
	current := filepath.Join(r.out, currentLink)
	if err := r.link(runsFolder + "/" + r.name.String()); err != nil {
		r.takeBack(final)
		return fail(StagePoint, current, err)
	}
	if err := r.files.SyncDir(r.out); err != nil {
		// The folder of the run may go only when no crash can bring back a
		// pointer to it.
		if r.unlink() == nil && r.files.SyncDir(r.out) == nil {
			r.takeBack(final)
		}
		return fail(StagePoint, r.out, err)
	}
	return nil
}

// link points current to target; readers see the old or the new target.
func (r *Run) link(target string) error {
	temp := filepath.Join(r.out, tempLink)
	if err := r.files.Symlink(target, temp); err != nil {
		return err
	}
	err := r.files.Rename(temp, filepath.Join(r.out, currentLink))
	if err != nil {
		_ = r.files.Remove(temp) // else the next run sweeps it
	}
	return err
}

// unlink points current back to where it was.
func (r *Run) unlink() error {
	if r.previous == "" {
		return r.files.Remove(filepath.Join(r.out, currentLink))
	}
	return r.link(r.previous)
}
