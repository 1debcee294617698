package io.framequota.analysis.format;

import io.framequota.analysis.format.TableColumn.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** A group of rows of a Parquet file: values are encoded as they come, by column. */
final class ParquetRows {
    private static final MessageType SCHEMA = schema();
    private static final int PAGE_BYTES = 256 << 10;
    private static final ParquetProperties PROPERTIES = properties();

    private final Map<ColumnDescriptor, ParquetPages> pages = new HashMap<>();
    private final ColumnWriteStore store;
    private final List<ColumnWriter> writers = new ArrayList<>();
    private long count;

    ParquetRows() {
        for (int i = 0; i < TableColumn.ALL.size(); i++) {
            pages.put(SCHEMA.getColumns().get(i), new ParquetPages(TableColumn.ALL.get(i)));
        }
        store = PROPERTIES.newColumnWriteStore(SCHEMA, pages::get);
        SCHEMA.getColumns().forEach(column -> writers.add(store.getColumnWriter(column)));
    }

    private static MessageType schema() {
        Types.MessageTypeBuilder message = Types.buildMessage();
        for (TableColumn column : TableColumn.ALL) {
            message.optional(type(column.kind())).named(column.name());
        }
        return message.named("detections");
    }

    /** Texts are few and repeat. Of numbers a dictionary takes more heap than it saves bytes. */
    private static ParquetProperties properties() {
        ParquetProperties.Builder properties = ParquetProperties.builder()
                .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
                .withPageSize(PAGE_BYTES)
                .withDictionaryPageSize(PAGE_BYTES);
        for (TableColumn column : TableColumn.ALL) {
            properties.withDictionaryEncoding(column.name(), column.kind() == Kind.TEXT);
        }
        return properties.build();
    }

    private static PrimitiveTypeName type(Kind kind) {
        return switch (kind) {
            case WHOLE, TIME -> PrimitiveTypeName.INT64;
            case DECIMAL -> PrimitiveTypeName.DOUBLE;
            case TEXT -> PrimitiveTypeName.BINARY;
        };
    }

    void add(TableColumn.TableRow row) {
        for (int i = 0; i < writers.size(); i++) {
            ColumnWriter writer = writers.get(i);
            // Levels: no column repeats, and each may be null.
            switch (TableColumn.ALL.get(i).value().apply(row)) {
                case null -> writer.writeNull(0, 0);
                case Long value -> writer.write(value, 0, 1);
                case Double value -> writer.write(value, 0, 1);
                case Object value -> writer.write(Binary.fromString(value.toString()), 0, 1);
            }
        }
        store.endRecord();
        count++;
    }

    long count() {
        return count;
    }

    /** Heap that the rows take, roughly. */
    long bytes() {
        return store.getBufferedSize()
                + pages.values().stream().mapToLong(ParquetPages::getMemSize).sum();
    }

    /** Writes all columns one after another; no rows may be added any more. */
    RowGroup writeTo(ParquetBytes file) throws IOException {
        store.flush();
        long from = file.position();
        List<ColumnChunk> chunks = new ArrayList<>();
        for (ColumnDescriptor column : SCHEMA.getColumns()) {
            ParquetPages all = pages.get(column);
            if (all != null) {
                chunks.add(all.writeTo(file));
            }
        }
        store.close();
        return new RowGroup(chunks, file.position() - from, count);
    }
}
