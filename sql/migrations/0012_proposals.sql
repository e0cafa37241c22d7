-- An edition that flips an attainment or moves a rank is proposed by one person and put in force by a second.
CREATE TABLE ref.proposal (
  content_hash text NOT NULL,
  on_edition integer NOT NULL,
  who text NOT NULL,
  why text NOT NULL,
  file text NOT NULL,
  attainments integer NOT NULL,
  ranks integer NOT NULL,
  proposed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (content_hash, on_edition, who)
);
COMMENT ON TABLE ref.proposal IS
'提出而未启用的目录：会使达标翻转或位次变动，须由另一人再导入同一份文件 / catalogues that were proposed: a second person imports the same file';
COMMENT ON COLUMN ref.proposal.on_edition IS '试算时现用的版次；换版后须重新提出 / the edition in use then; void once another is';
COMMENT ON COLUMN ref.proposal.file IS '文件的 SHA-256 / SHA-256 of the file';
ALTER TABLE ref.edition ADD COLUMN confirmed_by text;
COMMENT ON COLUMN ref.edition.confirmed_by IS '第二人；不翻转达标、不变动位次的不需要 / the second person, where one was needed';
GRANT SELECT ON TABLE ref.proposal TO lcm_app;
