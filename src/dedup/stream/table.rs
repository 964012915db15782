//! The sketches of a stream, to be read one by one.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::{Error, Result};

/// All sketches: in memory where they fit, else in their file.
pub(super) struct SketchTable<'a> {
    pub(super) words: usize,
    memory: Option<Vec<u8>>,
    file: File,
    folder: &'a Path,
}

impl<'a> SketchTable<'a> {
    pub(super) fn open(
        mut file: File,
        words: usize,
        count: usize,
        memory: usize,
        folder: &'a Path,
    ) -> Result<Self> {
        let bytes = count * words * 4;
        let mut held = None;
        if bytes <= memory {
            let mut all = Vec::with_capacity(bytes);
            file.read_to_end(&mut all)
                .map_err(|e| Error::io("reading", folder, e))?;
            held = Some(all);
        }
        Ok(Self {
            words,
            memory: held,
            file,
            folder,
        })
    }

    pub(super) fn read(&self, document: u32, sketch: &mut [u32]) -> Result<()> {
        let start = document as usize * self.words * 4;
        let decode = |bytes: &[u8], sketch: &mut [u32]| {
            for (word, four) in sketch.iter_mut().zip(bytes.chunks_exact(4)) {
                *word = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            }
        };
        if let Some(bytes) = self
            .memory
            .as_deref()
            .and_then(|all| all.get(start..start + self.words * 4))
        {
            decode(bytes, sketch);
            return Ok(());
        }
        let mut bytes = vec![0; self.words * 4];
        self.file
            .read_exact_at(&mut bytes, start as u64)
            .map_err(|e| Error::io("reading", self.folder, e))?;
        decode(&bytes, sketch);
        Ok(())
    }
}
