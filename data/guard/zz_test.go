package guard
import ("testing";"path/filepath";"os")
func TestZZ(t *testing.T){ ns,_:=filepath.Glob("/tmp/more/*.parquet"); for _,n:=range ns { b,_:=os.ReadFile(n); _,s,err:=guarded(b,Limits{}); t.Log(filepath.Base(n),s,err) } }
