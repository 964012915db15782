//! Sorting more than fits in memory: runs are sorted, written to temporary files and merged while reading.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Sorts (key, value) pairs; equal pairs come out once.
#[derive(Debug)]
pub struct Sorter<'a> {
    folder: &'a Path,
    capacity: usize,
    buffer: Vec<(u64, u32)>,
    runs: Vec<File>,
    /// Bytes written to disk.
    pub spilled: u64,
}

/// Bytes of an entry on disk.
const ENTRY: usize = 12;

impl<'a> Sorter<'a> {
    /// A sorter that holds `memory` bytes of entries at most and spills into `folder`.
    pub fn new(folder: &'a Path, memory: usize) -> Self {
        let capacity = (memory / size_of::<(u64, u32)>()).max(1024);
        Self {
            folder,
            capacity,
            buffer: Vec::new(),
            runs: Vec::new(),
            spilled: 0,
        }
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// When a full buffer cannot be written.
    pub fn push(&mut self, key: u64, value: u32) -> Result<()> {
        if self.buffer.len() == self.capacity {
            self.spill()?;
        }
        self.buffer.push((key, value));
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        self.buffer.par_sort_unstable();
        self.buffer.dedup();
        let io = |e| Error::io("writing", self.folder, e);
        let file = tempfile::tempfile_in(self.folder).map_err(io)?;
        let mut writer = BufWriter::with_capacity(1 << 18, file);
        for &(key, value) in &self.buffer {
            let mut entry = [0; ENTRY];
            entry[..8].copy_from_slice(&key.to_le_bytes());
            entry[8..].copy_from_slice(&value.to_le_bytes());
            writer.write_all(&entry).map_err(io)?;
        }
        self.spilled += (self.buffer.len() * ENTRY) as u64;
        let mut file = writer.into_inner().map_err(|e| io(e.into_error()))?;
        file.rewind().map_err(io)?;
        self.runs.push(file);
        self.buffer.clear();
        Ok(())
    }

    /// Hands every distinct entry to `each` in ascending order.
    ///
    /// # Errors
    /// When a run cannot be read back, and those of `each`.
    pub fn merge(mut self, mut each: impl FnMut(u64, u32) -> Result<()>) -> Result<()> {
        self.buffer.par_sort_unstable();
        self.buffer.dedup();
        let mut rest = std::mem::take(&mut self.buffer).into_iter();
        let io = |e| Error::io("reading", self.folder, e);
        let mut readers: Vec<BufReader<File>> = self
            .runs
            .drain(..)
            .map(|file| BufReader::with_capacity(1 << 18, file))
            .collect();
        let mut heap: BinaryHeap<Reverse<((u64, u32), usize)>> = BinaryHeap::new();
        for (run, reader) in readers.iter_mut().enumerate() {
            if let Some(entry) = read(reader).map_err(io)? {
                heap.push(Reverse((entry, run)));
            }
        }
        let in_memory = readers.len();
        if let Some(entry) = rest.next() {
            heap.push(Reverse((entry, in_memory)));
        }
        let mut last = None;
        while let Some(Reverse((entry, run))) = heap.pop() {
            if last != Some(entry) {
                each(entry.0, entry.1)?;
                last = Some(entry);
            }
            let next = match readers.get_mut(run) {
                Some(reader) => read(reader).map_err(io)?,
                None => rest.next(),
            };
            if let Some(entry) = next {
                heap.push(Reverse((entry, run)));
            }
        }
        Ok(())
    }
}

fn read(reader: &mut BufReader<File>) -> std::io::Result<Option<(u64, u32)>> {
    let mut entry = [0; ENTRY];
    match reader.read_exact(&mut entry) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let (mut key, mut value) = ([0; 8], [0; 4]);
    key.copy_from_slice(&entry[..8]);
    value.copy_from_slice(&entry[8..]);
    Ok(Some((u64::from_le_bytes(key), u32::from_le_bytes(value))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_merge_equals_a_sort_in_memory(entries in prop::collection::vec((0u64..50, 0u32..50), 0..5000)) {
            let folder = tempfile::tempdir().unwrap();
            // The smallest buffer holds 1,024 entries, so that long inputs spill.
            let mut sorter = Sorter::new(folder.path(), 0);
            for &(key, value) in &entries {
                sorter.push(key, value).unwrap();
            }
            prop_assert_eq!(sorter.spilled > 0, entries.len() > 1024);
            let mut merged = Vec::new();
            sorter.merge(|key, value| { merged.push((key, value)); Ok(()) }).unwrap();
            let mut expected = entries;
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(merged, expected);
        }
    }
}
