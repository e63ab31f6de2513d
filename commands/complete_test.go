package commands

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// takesFile lists the commands whose argument is a file: the shell completes it.
var takesFile = []string{"slot config export", "slot config import", "slot config validate", "slot upgrade"}

// TestCompletion_IsThereForEveryArgumentAndFlag walks the tree: what the user
// has to type can be completed, or is told to be free.
func TestCompletion_IsThereForEveryArgumentAndFlag(t *testing.T) {
	for _, cmd := range visible(NewRoot(&World{})) {
		path := cmd.CommandPath()
		if !cmd.Runnable() {
			continue
		}
		file := false
		for _, p := range takesFile {
			file = file || p == path
		}
		if words := strings.Fields(cmd.Use); len(words) > 1 && words[1] != "[command]" && cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && !file {
			t.Errorf("%s completes nothing: give it a ValidArgsFunction (slotNames, cobra.NoFileCompletions, one of complete*.go), or name it in takesFile", path)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			known, _ := cmd.GetFlagCompletionFunc(f.Name)
			_, dirs := f.Annotations["cobra_annotation_bash_completion_subdirs_in_dir"]
			_, files := f.Annotations["cobra_annotation_bash_completion_filename_extensions"]
			if f.Value.Type() != "bool" && known == nil && !dirs && !files {
				t.Errorf("%s --%s completes files: say what it takes with cmd.RegisterFlagCompletionFunc (cobra.NoFileCompletions for free text), cmd.MarkFlagFilename or MarkFlagDirname", path, f.Name)
			}
		})
	}
}
