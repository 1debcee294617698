package io.framequota.analysis.format;

import io.framequota.analysis.format.TableColumn.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.NanoSeconds;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;

/**
 * The table as a Parquet file. Rows are held until a group of them is written; readers need the end of the file, so nothing is to be read
 * before.
 */
final class ParquetExport implements ResultExport {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final String CREATED_BY = "framequota";

    /** Of the rows that are held, as far as they are encoded. */
    private static final long GROUP_BYTES = 2L << 20;

    private static final long GROUP_ROWS = 50_000;

    private final List<RowGroup> groups = new ArrayList<>();
    private long rows;

    @Override
    public void write(ResultFrames frames, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException {
        ParquetBytes file = new ParquetBytes(out);
        file.write(MAGIC);
        ParquetRows[] group = {new ParquetRows()};
        frames.each(
                frame -> TableColumn.rows(source.get(), frame, row -> {
                    group[0].add(row);
                    if (group[0].bytes() >= GROUP_BYTES || group[0].count() == GROUP_ROWS) {
                        end(group[0], file);
                        group[0] = new ParquetRows();
                    }
                }),
                file::flush);
        end(group[0], file);
        footer(file);
    }

    private void end(ParquetRows group, ParquetBytes file) throws IOException {
        if (group.count() > 0) {
            groups.add(group.writeTo(file));
            rows += group.count();
        }
    }

    private void footer(ParquetBytes file) throws IOException {
        long from = file.position();
        FileMetaData meta = new FileMetaData(1, schema(), rows, groups);
        meta.setCreated_by(CREATED_BY);
        Util.writeFileMetaData(meta, file);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.write(length.putInt(Math.toIntExact(file.position() - from)).array());
        file.write(MAGIC);
        file.flush();
    }

    private static List<SchemaElement> schema() {
        List<SchemaElement> all = new ArrayList<>();
        all.add(new SchemaElement("detections").setNum_children(TableColumn.ALL.size()));
        for (TableColumn column : TableColumn.ALL) {
            SchemaElement element = new SchemaElement(column.name())
                    .setType(type(column.kind()))
                    .setRepetition_type(FieldRepetitionType.OPTIONAL);
            if (column.kind() == Kind.TEXT) {
                element.setConverted_type(ConvertedType.UTF8).setLogicalType(LogicalType.STRING(new StringType()));
            } else if (column.kind() == Kind.TIME) {
                element.setLogicalType(
                        LogicalType.TIMESTAMP(new TimestampType(true, TimeUnit.NANOS(new NanoSeconds()))));
            }
            all.add(element);
        }
        return all;
    }

    static Type type(Kind kind) {
        return switch (kind) {
            case WHOLE, TIME -> Type.INT64;
            case DECIMAL -> Type.DOUBLE;
            case TEXT -> Type.BYTE_ARRAY;
        };
    }
}
