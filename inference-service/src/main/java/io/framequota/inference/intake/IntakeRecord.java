package io.framequota.inference.intake;

/** What a record of the frames topic holds. */
public sealed interface IntakeRecord permits Frame, PacketRecord {
    /** Id of the record's job. */
    String job();

    /** Index of its chunk within the job. */
    int chunk();
}
